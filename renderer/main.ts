import './theme/index.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './client/index.ts';
import { i18n } from './i18n/index.svelte.ts';
import { App as AppState } from './state/app.svelte.ts';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element with the id app');

const [client] = await Promise.all([connect(), i18n.use('system')]);
mount(App, { target, props: { app: new AppState(client) } });
