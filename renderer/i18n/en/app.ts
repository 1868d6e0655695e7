/** The window's frame: sidebar, tabs, status bar, tasks, settings. */
export const app = {
  name: 'Guestroom',
};
