/** What every command does the same: options by zod, `--help`, and errors as one line instead of a stack. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { z } from 'zod';
import { faultsOf } from '../src/app/faults.ts';
import { Problem } from '../src/domain/problem.ts';

/** Tells on stderr what a command leaves out. */
export type Refuse = (what: string) => void;

/** The last paragraph of the usage of every command that leaves faulty lines out. */
export const refusalUsage = `Lines that are refused, of DIR or of the other files, are named with file and line and left out; the rest is done, and
the exit code is 1.`;

export interface Command<S extends z.ZodObject> {
  usage: string;
  options: S;
  run(options: z.infer<S>, refuse: Refuse): Promise<number | void>;
}

/** Boolean schemas take no value, lists may be given again and again, every other option takes one value. Exit code 2 for a wrong call, 1 for a failure or a refusal. */
export async function runCommand<S extends z.ZodObject>({ usage, options, run }: Command<S>): Promise<void> {
  try {
    const flags: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
    for (const [name, schema] of Object.entries(options.shape)) {
      const inner: unknown = schema instanceof z.ZodDefault ? schema.def.innerType : schema;
      flags[name] = {
        type: inner instanceof z.ZodBoolean ? 'boolean' : 'string',
        multiple: inner instanceof z.ZodArray,
      };
    }
    let values: Record<string, unknown>;
    try {
      values = parseArgs({ options: flags, strict: true }).values;
    } catch (error) {
      return fail(`${(error as Error).message}\n\n${usage}`, 2);
    }
    if (values['help'] === true) {
      process.stdout.write(`${usage}\n`);
      return;
    }
    const parsed = options.safeParse(values);
    if (!parsed.success)
      return fail(
        `${faultsOf(parsed.error, values)
          .map((f) => `--${f.field}: ${f.message}`)
          .join('\n')}\n\n${usage}`,
        2,
      );
    let isComplete = true;
    const refuse = (what: string) => {
      process.stderr.write(`${what}\n`);
      isComplete = false;
    };
    process.exitCode = (await run(parsed.data, refuse)) ?? (isComplete ? 0 : 1);
  } catch (error) {
    if (error instanceof Problem)
      return fail([error.message, ...error.faults.map((f) => `  ${f.field}: ${f.message}`)].join('\n'), 1);
    return fail(error instanceof Error ? error.message : String(error), 1);
  }
}

const fail = (message: string, code: number): void => {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
};

export const dateOption = z.iso.date().optional();
