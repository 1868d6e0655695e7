import { BrowserWindow, dialog, type FileFilter } from 'electron';
import type { Dialogs, FilePurpose } from '../platform.ts';

const filters: Readonly<Record<FilePurpose, FileFilter[]>> = {
  iso: [{ name: 'ISO', extensions: ['iso', 'img'] }],
  image: [
    { name: 'Image', extensions: ['qcow2', 'qcow', 'raw', 'img', 'vmdk', 'vdi', 'vhd', 'vhdx', 'qed'] },
  ],
  kernel: [],
  xml: [{ name: 'XML', extensions: ['xml'] }],
  any: [],
};

/** The system's own dialog, over the window that has the keyboard. */
export const dialogs: Dialogs = {
  async chooseFile({ purpose, title }) {
    const options = {
      title,
      properties: ['openFile' as const],
      filters: [...filters[purpose], { name: '*', extensions: ['*'] }],
    };
    const window = BrowserWindow.getFocusedWindow();
    const { canceled, filePaths } = await (window === null
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(window, options));
    return canceled ? null : (filePaths[0] ?? null);
  },

  async chooseTarget({ name, title }) {
    const options = {
      title,
      defaultPath: name,
      properties: ['showOverwriteConfirmation' as const],
    };
    const window = BrowserWindow.getFocusedWindow();
    const { canceled, filePath } = await (window === null
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(window, options));
    return canceled || filePath === '' ? null : filePath;
  },
};
