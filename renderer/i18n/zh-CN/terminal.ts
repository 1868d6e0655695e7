import type { terminal as source } from '../en/terminal.ts';

export const terminal: typeof source = {
  tab: (host, number) => `${number === 1 ? '终端' : `终端 ${number}`} · ${host}`,
  label: (host) => `${host} 的终端`,
  open: '打开终端',
  openOn: (host) => `在 ${host} 上打开终端`,
  onlySsh: '只能在通过 SSH 连接的主机上打开终端',
  notHere: '本机有自己的终端程序',
  opening: '正在打开 shell…',
  notOpened: '无法打开终端',
  notOpen: '没有打开的 shell',
  notResized: 'shell 不知道终端的大小',
  waits: '连接后即打开终端。',
  ended: 'shell 已结束',
  again: '重新打开',
  showHost: (host) => `查看 ${host}`,
  moveEnds: '其中的 shell 会结束',
};
