import type { domain as source } from '../en/domain.ts';

export const domain: typeof source = {
  title: '虚拟机',
};
