import type { Texts } from './en.ts';
import { app } from './zh-CN/app.ts';
import { connect } from './zh-CN/connect.ts';
import { create } from './zh-CN/create.ts';
import { domain } from './zh-CN/domain.ts';
import { list } from './zh-CN/list.ts';
import { model } from './zh-CN/model.ts';
import { parts } from './zh-CN/parts.ts';
import { terminal } from './zh-CN/terminal.ts';
import { transfer } from './zh-CN/transfer.ts';

export const zhCN: Texts = { app, connect, create, domain, list, model, parts, terminal, transfer };
