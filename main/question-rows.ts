import type { AnswerTo, Question } from '../drivers/api/driver.ts';
import { GuestroomError } from '../drivers/api/errors.ts';
import type { QuestionAnswer, QuestionRow } from '../preload/attempts.ts';

/** Questions of hosts as a window shows them, and whether an answer is one to what was asked. */

/** Whether a secret can be kept in the system's key store; why not, where there is something to say. */
export type Remembering = { remember: 'possible' } | { remember: 'not-here'; reason?: string | undefined };

/** What of a row does not come from the question. */
export type RowFrame = Pick<QuestionRow, 'id' | 'node' | 'trial' | 'since' | 'until'>;

/** Control characters, and the marks that let a text run the other way and look like another one. */
const unseen = /\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A host's text for a person to read: one line, at most so many characters. */
export const shownLine = (text: string, longest: number): string => {
  const clean = text.replace(unseen, '');
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
};

/** The same in at most `lines` lines. */
export const shownLines = (text: string, longest: number, lines: number): string =>
  text
    .split(/\r\n|[\r\n]/, lines)
    .map((line) => shownLine(line, longest).trimEnd())
    .join('\n')
    .trim();

/** A part of a row that is left out where there is nothing. */
const part = <Name extends string>(name: Name, text: string | undefined): { [K in Name]?: string } =>
  (text === undefined || text === '' ? {} : { [name]: text }) as { [K in Name]?: string };

export function rowOf(question: Question, frame: RowFrame, remembering: Remembering): QuestionRow {
  const { kind, again } = question;
  const common = { ...frame, who: shownLine(question.who, 300), again };
  switch (kind) {
    case 'credentials':
      return {
        ...common,
        kind,
        ...part('realm', question.realm && shownLine(question.realm, 200)),
        ...part('user', question.user && shownLine(question.user, 255)),
      };
    case 'secrets':
      return {
        ...common,
        kind,
        about: question.about,
        ...part('user', question.user && shownLine(question.user, 255)),
        ...part('file', question.file && shownLine(question.file, 1000)),
        prompts: question.prompts.map(({ text, echo }) => ({ text: shownLine(text.trim(), 300), echo })),
        ...part('instruction', question.instruction && shownLines(question.instruction, 500, 12)),
        remember: remembering.remember,
        ...part('reason', 'reason' in remembering ? remembering.reason : undefined),
      };
    case 'host-key':
      return {
        ...common,
        kind,
        keyType: shownLine(question.keyType, 60),
        fingerprint: shownLine(question.fingerprint, 200),
      };
  }
}

/** The answer as who asks wants it. Throws `invalid_argument` when it is not one to this question. */
export function fittingAnswer<Asked extends Question>(
  question: Asked,
  given: QuestionAnswer,
): AnswerTo<Asked> {
  if (given.kind !== question.kind)
    throw new GuestroomError('invalid_argument', 'This is an answer to another kind of question');
  if (
    given.kind === 'secrets' &&
    question.kind === 'secrets' &&
    given.secrets.length !== question.prompts.length
  ) {
    const wanted = String(question.prompts.length);
    throw new GuestroomError(
      'invalid_argument',
      `The question asks for another number of secrets: ${wanted}`,
    );
  }
  const { kind: _kind, ...answer } = given;
  // the kinds are the same, as was checked
  return answer as AnswerTo<Asked>;
}
