export const create = {
  title: 'New virtual machine',
};
