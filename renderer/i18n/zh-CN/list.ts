import type { list as source } from '../en/list.ts';

export const list: typeof source = {
  title: '虚拟机',
};
