import { GuestroomError, type ErrorCode } from '../api/errors.ts';
import type { ExecOptions, Host } from '../api/host.ts';
import type { WorkContext } from '../api/driver.ts';
import { refuseForeignReferences } from './image-references.ts';
import { imageHeadLength, readImageHeader, type ImageFacts } from './image-header.ts';

/** qemu-img on a host. */
export class ImageTool {
  private readonly host: Host;
  private readonly program: () => Promise<string>;

  /** `program` finds the tool or rejects with `program_missing`. */
  constructor(host: Host, program: () => Promise<string>) {
    this.host = host;
    this.program = program;
  }

  /** Format and size of an image; the images of running guests can be asked about too. */
  async facts(path: string): Promise<ImageFacts> {
    const stat = await this.host.files.stat(path);
    if (!stat) throw new GuestroomError('not_found', `There is no file ${path}`);
    if (stat.kind === 'file') {
      const known = readImageHeader(await this.host.files.readAt(path, 0, imageHeadLength), stat.size);
      if (known) return known;
    }
    const output = await this.run(['info', '--output=json', '-U', path], `The image ${path} cannot be read`);
    const json: unknown = JSON.parse(output);
    const field = (name: string): unknown =>
      typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
    const backing = field('full-backing-filename') ?? field('backing-filename');
    return {
      format: String(field('format') ?? 'raw'),
      capacity: Number(field('virtual-size') ?? stat.size),
      ...(typeof backing === 'string' ? { backing } : {}),
    };
  }

  async create(
    path: string,
    format: string,
    capacity: number,
    backing: { path: string; format: string } | undefined,
  ): Promise<void> {
    const below = backing === undefined ? [] : ['-b', backing.path, '-F', backing.format];
    await this.makePrivate(path);
    await this.run(
      ['create', '-q', '-f', format, ...below, path, String(capacity)],
      `The disk ${this.host.files.basename(path)} could not be made`,
    );
  }

  async convert(
    from: { path: string; format: string },
    to: { path: string; format: string },
    context: WorkContext,
  ): Promise<void> {
    await refuseForeignReferences(this.host.files, from.path, from.format, { detected: false });
    await this.makePrivate(to.path);
    await this.run(
      [
        'convert',
        '-p',
        '-f',
        from.format === 'iso' ? 'raw' : from.format,
        '-O',
        to.format,
        from.path,
        to.path,
      ],
      `${this.host.files.basename(from.path)} could not be copied`,
      {
        timeout: 0,
        ...(context.signal ? { signal: context.signal } : {}),
        onLine: (line) => {
          const percent = /\(\s*([\d.]+)\/100%\)/.exec(line)?.[1];
          if (percent !== undefined) context.onProgress?.(Number(percent) / 100);
        },
      },
    );
  }

  /** qemu-img would make the file readable for every account; one that is there keeps its mode. Fails where there is one. */
  private makePrivate(path: string): Promise<void> {
    return this.host.files.write(path, '', { exclusive: true });
  }

  private async run(args: string[], message: string, options: ExecOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.host.exec(await this.program(), args, options);
    if (status === 0) return stdout;
    const said = stderr.trim().replace(/^qemu-img: /, '');
    throw new GuestroomError(
      codeOf(said),
      said === '' ? message : `${message}: ${said.split('\n')[0] ?? ''}`,
      {
        detail: said,
        hint: hintOf(said),
      },
    );
  }
}

function codeOf(said: string): ErrorCode {
  if (/No space left|quota exceeded/i.test(said)) return 'no_space';
  if (/Permission denied/i.test(said)) return 'denied';
  if (/No such file/i.test(said)) return 'not_found';
  if (/lock|another process using/i.test(said)) return 'busy';
  if (/Image is not in|Unknown (file )?format|Invalid/i.test(said)) return 'invalid_argument';
  return 'program_failed';
}

function hintOf(said: string): string | undefined {
  if (/No space left|quota exceeded/i.test(said)) return 'Make room on the disk and try again';
  if (/lock|another process using/i.test(said))
    return 'Shut the virtual machine that uses the image down first';
  return undefined;
}
