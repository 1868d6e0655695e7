import { app, type BrowserWindow, dialog } from 'electron';

const words = {
  en: {
    message: 'Close without saving?',
    detail: 'Something in this window is not saved yet. It will be lost.',
    buttons: ['Keep editing', 'Close without saving'],
  },
  zh: {
    message: '不保存就关闭？',
    detail: '此窗口中有尚未保存的内容，关闭后将会丢失。',
    buttons: ['继续编辑', '不保存并关闭'],
  },
};

/** A page that has something unsaved holds up the end of its window: Electron itself would not say so and just stay. */
export function askBeforeUnload(window: BrowserWindow): void {
  window.webContents.on('will-prevent-unload', (event) => {
    const { message, detail, buttons } = words[app.getLocale().startsWith('zh') ? 'zh' : 'en'];
    const answer = dialog.showMessageBoxSync(window, {
      ...{ type: 'warning', message, detail, buttons },
      ...{ defaultId: 0, cancelId: 0, noLink: true },
    });
    // the other way round from what one expects: prevented is the page's own refusal
    if (answer === 1) event.preventDefault();
  });
}
