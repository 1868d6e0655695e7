import type { create as source } from '../en/create.ts';

export const create: typeof source = {
  title: '新建虚拟机',
};
