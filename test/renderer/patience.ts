import { configure } from '@testing-library/svelte';

// a loaded machine must not fail a test: what is awaited may take its time
configure({ asyncUtilTimeout: 30_000 });
