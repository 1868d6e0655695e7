export const domain = {
  title: 'Virtual machine',
};
