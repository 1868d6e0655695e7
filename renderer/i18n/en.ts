import { app } from './en/app.ts';
import { connect } from './en/connect.ts';
import { create } from './en/create.ts';
import { domain } from './en/domain.ts';
import { list } from './en/list.ts';
import { model } from './en/model.ts';
import { parts } from './en/parts.ts';
import { terminal } from './en/terminal.ts';
import { transfer } from './en/transfer.ts';

/** All visible text. One file per area; another language has the same shape or does not compile. */
export const en = { app, connect, create, domain, list, model, parts, terminal, transfer };

export type Texts = typeof en;
