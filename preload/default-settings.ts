import type { Settings } from './rows.ts';

/** What holds where the person has chosen nothing: in main for what is not saved, in a window until main has told. */
export const defaultSettings: Settings = {
  theme: 'system',
  language: 'system',
  consoleScale: 'fit',
  confirmForceOff: true,
  treeSparklines: true,
  sidebarWidth: 264,
  sidebarHidden: false,
  tabs: [],
  hiddenColumns: [],
};
