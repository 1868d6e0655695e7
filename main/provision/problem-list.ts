import type { Problem, ProblemCode } from '../../preload/create.ts';

/** Collects what is wrong, in the order of the fields. */
export class Problems {
  readonly list: Problem[] = [];

  error(
    field: string,
    code: ProblemCode,
    params: Problem['params'] = {},
    suggestion?: Problem['suggestion'],
  ): void {
    this.#add('error', field, code, params, suggestion);
  }

  warn(
    field: string,
    code: ProblemCode,
    params: Problem['params'] = {},
    suggestion?: Problem['suggestion'],
  ): void {
    this.#add('warning', field, code, params, suggestion);
  }

  #add(
    level: Problem['level'],
    field: string,
    code: ProblemCode,
    params: Problem['params'],
    suggestion: Problem['suggestion'],
  ): void {
    this.list.push({ field, code, params, level, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}
