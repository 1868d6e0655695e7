/** A host's page: its virtual machines and facts. */
export const list = {
  title: 'Virtual machines',
};
