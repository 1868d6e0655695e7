import type { app as source } from '../en/app.ts';

export const app: typeof source = {
  name: 'Guestroom',
};
