import type { MenuItemConstructorOptions } from 'electron';

/** The application menu, by the system's own roles so that labels and keys are what people know. */
export function menuTemplate(platform: NodeJS.Platform, packaged: boolean): MenuItemConstructorOptions[] {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  // reload would cut consoles, and the tools open the page to changes: for development only
  if (!packaged) view.push({ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' });
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    ...(platform === 'darwin'
      ? [{ role: 'fileMenu' } satisfies MenuItemConstructorOptions]
      : [
          {
            label: 'File',
            submenu: [{ role: 'close' }, { role: 'quit' }],
          } satisfies MenuItemConstructorOptions,
        ]),
    { role: 'editMenu' },
    { label: 'View', submenu: view },
    { role: 'windowMenu' },
  ];
}
