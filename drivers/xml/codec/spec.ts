/** A closed list of known words that stays open: documents of newer versions carry words that we have never seen. */
export type Word<Known extends string> = Known | (string & Record<never, never>);

type Plain = string | number | boolean;

type Left<T> = undefined extends T
  ? true
  : T extends readonly unknown[] | boolean
    ? true
    : T extends Plain
      ? false
      : AllLeft<T>;
/** True for an object of which a writer may leave every part out. */
type AllLeft<T> = { [K in keyof T]-?: LeftKey<T, K> }[keyof T] extends true ? true : false;
type LeftKey<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : Left<T[K]>;

type Flat<T> = { [K in keyof T]: T[K] };

/**
 * What one writes of a reading model: lists, presence flags, and parts that consist of such only, may be left out;
 * leaving out means an empty list or false.
 */
export type Spec<T> = T extends Plain
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Spec<Item>[]
    : T extends object
      ? Flat<
          { [K in keyof T as LeftKey<T, K> extends true ? never : K]: Spec<T[K]> } & {
            [K in keyof T as LeftKey<T, K> extends true ? K : never]?: Spec<Exclude<T[K], undefined>>;
          }
        >
      : T;
