/** A promise that its maker settles. */
export interface Settling<T> {
  promise: Promise<T>;
  resolve(value: T): void;
}

export function settling<T>(): Settling<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
