const machines = (count: number) => (count === 1 ? '1 virtual machine' : `${count} virtual machines`);
const one = (names: readonly string[]) => (names.length === 1 ? (names[0] ?? '') : machines(names.length));
const list = new Intl.ListFormat('en');

/** The window's frame: sidebar, tabs, status bar, tasks, settings, and every action. */
export const app = {
  name: 'Guestroom',
  menu: 'Menu',
  commands: 'Commands',
  show: 'Show',
  save: 'Save',
  add: 'Add',
  count: machines,
  filter: 'Filter',
  filterHosts: 'Filter hosts and virtual machines',
  clearFilter: 'Clear the filter',
  hosts: 'Hosts',
  addHost: 'Add host…',
  hideSidebar: 'Hide sidebar',
  showSidebar: 'Show sidebar',
  openTabs: 'Open tabs',
  newTab: 'New tab',
  closeTab: (name: string) => `Close ${name}`,
  closeThis: 'Close',
  closeOthers: 'Close the others',
  tabWindow: 'Move to its own window',
  gone: 'No longer there',
  goneMeanwhile: (name: string) => `${name} is not there any more`,
  popupBlocked: 'The browser blocked the window: allow pop-ups for Guestroom',
  settingsNotSaved: 'The settings were not saved',
  feedFailed: 'News of the hosts stopped coming',
  nothingChosen: 'Nothing is chosen',
  onlyOne: 'This works on one virtual machine at a time',
  noneOf: (count: number, reason: string) => `Not for any of the ${count}: ${reason}`,
  actionOn: (action: string, name: string) =>
    action.endsWith('…') ? `${action.slice(0, -1)} ${name}…` : `${action} ${name}`,
  noHost: 'Connect a host first',
  shortcuts: 'Keyboard shortcuts',
  page: { welcome: 'Welcome', tasks: 'Tasks', settings: 'Settings', about: 'About Guestroom' },
  themeTo: { light: 'Use the light theme', dark: 'Use the dark theme', system: 'Follow the system’s theme' },
  noHosts: 'No hosts yet',
  noHostsText: 'Hosts you connect to and their virtual machines are listed here.',
  noMatch: (text: string) => `Nothing matches “${text}”`,
  noMachines: 'No virtual machines yet',
  offline: (message: string) => `Offline: ${message}`,
  disconnected: 'Not connected.',
  connecting: 'Connecting…',
  connect: 'Connect',
  retry: 'Retry',
  details: 'Details',
  localHost: 'This computer',
  /** Status bar. */
  hostsConnected: (count: number): string =>
    count === 0 ? 'No hosts connected' : count === 1 ? '1 host connected' : `${count} hosts connected`,
  hostOffline: (name: string) => `${name} offline`,
  hostsOffline: (count: number) => `${count} hosts offline`,
  machinesRunning: (active: number, all: number) => `${active} of ${machines(all)} running`,
  moreTasks: (count: number) => `+ ${count} more`,
  lost: 'Guestroom does not answer: what you see may be old. Trying again.',
  refused: 'This window is no longer allowed in. Open the address again that Guestroom printed.',
  retryNow: 'Try now',

  action: {
    open: 'Open',
    openWindow: 'Open in its own window',
    start: 'Start',
    startPaused: 'Start paused',
    shutdown: 'Shut down',
    reboot: 'Restart',
    reset: 'Reset…',
    destroy: 'Force off…',
    suspend: 'Pause',
    resume: 'Resume',
    managedSave: 'Save state',
    managedSaveRemove: 'Discard saved state…',
    setAutostart: 'Start with the host',
    rename: 'Rename…',
    notes: 'Title and notes…',
    copyUuid: 'Copy UUID',
    undefine: 'Delete…',
  },
  /** What is being done, while it is not done yet. */
  doing: {
    start: 'Starting',
    startPaused: 'Starting',
    shutdown: 'Stopping',
    reboot: 'Restarting',
    reset: 'Resetting',
    destroy: 'Turning off',
    suspend: 'Pausing',
    resume: 'Resuming',
    managedSave: 'Saving',
    other: 'Working',
  },
  /** The step of a task in one word: it stands in the narrow column of the state. */
  doingStep: {
    check: 'Checking',
    pool: 'Creating',
    volume: 'Creating',
    copy: 'Copying',
    convert: 'Converting',
    seed: 'Creating',
    upload: 'Uploading',
    download: 'Downloading',
    verify: 'Comparing',
    define: 'Defining',
    network: 'Starting',
    start: 'Starting',
    save: 'Saving',
    restore: 'Restoring',
    delete: 'Deleting',
    undo: 'Undoing',
    done: 'Done',
  },
  confirm: {
    closeTab: {
      title: (names: readonly string[]) => `Close ${one(names)} without saving?`,
      text: (count: number): string =>
        count === 1
          ? 'The changes in its document are not saved. They will be lost.'
          : 'The changes in their documents are not saved. They will be lost.',
      action: 'Close without saving',
    },
    destroy: {
      title: (names: readonly string[]) => `Force ${one(names)} off?`,
      text: (count: number): string =>
        count === 1
          ? 'It ends at once, as if its power was cut. Everything that is not saved inside it is lost, and its file systems may need a check.'
          : 'They end at once, as if their power was cut. Everything that is not saved inside them is lost, and their file systems may need a check.',
      action: 'Force off',
    },
    reset: {
      title: (names: readonly string[]) => `Reset ${one(names)}?`,
      text: (count: number): string =>
        count === 1
          ? 'It restarts at once without shutting down. Everything that is not saved inside it is lost.'
          : 'They restart at once without shutting down. Everything that is not saved inside them is lost.',
      action: 'Reset',
    },
    managedSaveRemove: {
      title: (names: readonly string[]) => `Discard the saved state of ${one(names)}?`,
      text: (count: number): string =>
        count === 1
          ? 'Its memory as it was saved is lost for good: programs that ran in it, and what they had not written. It boots anew at the next start.'
          : 'Their memory as it was saved is lost for good: programs that ran in them, and what they had not written. They boot anew at the next start.',
      action: 'Discard',
    },
  },
  remove: {
    title: (names: readonly string[]) => `Delete ${one(names)}?`,
    looking: 'Looking up the disks…',
    /** How many of `count` lose firmware variables, TPM state and saved state; how many snapshots are lost. */
    lost: (count: number, nvram: number, tpm: number, saved: number, snapshots: number): string => {
      const of = (many: number) => (count === 1 ? '' : many === count ? ' of all' : ` of ${many}`);
      const its = count === 1 ? 'its ' : 'the ';
      const parts = [
        nvram > 0 ? `${its}firmware variables${of(nvram)} (boot entries, Secure Boot keys)` : '',
        tpm > 0 ? `${its}TPM state${of(tpm)} (keys)` : '',
        saved > 0 ? `${its}saved state${of(saved)}` : '',
        snapshots === 0
          ? ''
          : count === 1
            ? snapshots === 1
              ? 'its snapshot'
              : `its ${snapshots} snapshots`
            : snapshots === 1
              ? '1 snapshot'
              : `${snapshots} snapshots`,
      ].filter((part) => part !== '');
      const definition =
        count === 1 ? 'Its definition is lost for good' : 'Their definitions are lost for good';
      return parts.length === 0 ? `${definition}.` : `${definition}, with ${list.format(parts)}.`;
    },
    tpmLost:
      'Disks that were encrypted with a key in the TPM, as BitLocker does, then open only with their recovery key.',
    tick: 'Tick the disks to delete as well:',
    noDisks: 'No disk file belongs to it.',
    deletePlain: 'Delete',
    running: (count: number) =>
      count === 1
        ? 'It is running: it is forced off first.'
        : `${count} of them are running: they are forced off first.`,
    transient: (count: number) =>
      count === 1
        ? 'It is temporary: forcing it off is enough.'
        : `${count} of them are temporary: forcing them off is enough.`,
    keep: {
      readonly: 'read-only',
      shareable: 'shared',
      used_by_other: 'also used by another',
      missing: 'not there',
      removable: 'a disc in a drive',
      backing: 'others build on it',
      unreadable: 'cannot be read',
    },
    usedBy: (name: string) => `also used by ${name}`,
    deleteOnly: 'Delete, keep all disks',
    deleteAndLose: (size: string) => `Delete and lose ${size}`,
    deleteDisks: (count: number) => (count === 1 ? 'Delete with 1 disk' : `Delete with ${count} disks`),
    keepNvram: (nvram: boolean, tpm: boolean): string =>
      !tpm ? 'Keep firmware variables' : nvram ? 'Keep firmware variables and TPM state' : 'Keep TPM state',
    keepNvramHelp: 'Used again by a virtual machine that is defined with the same UUID.',
  },
  rename: {
    title: (name: string) => `Rename ${name}`,
    name: 'Name',
    help: 'Its disks keep their file names.',
    taken: (host: string, name: string) => `${host} already has a virtual machine called ${name}.`,
    empty: 'A name is needed.',
    action: 'Rename',
  },
  notes: {
    title: (name: string) => `Title and notes of ${name}`,
    name: 'Title',
    titleHelp: 'A few words beside the name.',
    text: 'Notes',
    placeholder: 'What it is for, who to ask',
  },

  host: {
    create: 'New virtual machine',
    createXml: 'Create from XML…',
    connect: 'Connect',
    disconnect: 'Disconnect',
    details: 'Connection details…',
    autoconnect: 'Connect at start',
    rename: 'Rename…',
    renameTitle: (name: string) => `Rename ${name}`,
    copyUri: 'Copy connection URI',
    remove: 'Remove from the list…',
    removeTitle: (name: string) => `Remove ${name} from the list?`,
    removeText:
      'Nothing on the host changes: its virtual machines go on as they are. Add it again at any time.',
    removeAction: 'Remove',
  },

  tasks: {
    title: 'Tasks',
    summary: (running: number, failed: number) =>
      [running > 0 ? `${running} running` : '', failed > 0 ? `${failed} failed` : '']
        .filter((part) => part)
        .join(' · ') || 'nothing running',
    clear: 'Clear finished',
    clearOne: 'Take off the list',
    hide: 'Hide tasks',
    cancel: 'Cancel',
    cannotCancel: 'This step cannot be stopped',
    left: (time: string) => `${time} left`,
    none: 'No tasks',
    noneText: 'Creating, saving, copying and deleting are listed here, with their progress and their end.',
    started: (when: string) => `Started ${when}`,
    took: (time: string) => `took ${time}`,
    open: 'Open all tasks',
  },
  showTasks: 'Show tasks',
  hideTasks: 'Hide tasks',
  taskTitle: {
    create: (subject: string) => `Create ${subject}`,
    save: (subject: string) => `Save ${subject}`,
    managedSave: (subject: string) => `Save the state of ${subject}`,
    restore: (subject: string) => `Restore ${subject}`,
    undefine: (subject: string) => `Delete ${subject}`,
    clone: (subject: string) => `Clone ${subject}`,
    upload: (subject: string) => `Upload ${subject}`,
    download: (subject: string) => `Download ${subject}`,
  },
  taskStep: {
    check: 'Checking',
    pool: 'Preparing the place for disks',
    volume: 'Making the disk',
    copy: 'Copying',
    convert: 'Converting',
    seed: 'Writing the cloud-init seed',
    upload: 'Uploading',
    download: 'Downloading',
    verify: 'Comparing the checksums',
    define: 'Defining',
    network: 'Starting the network',
    start: 'Starting',
    save: 'Saving the memory',
    restore: 'Restoring the memory',
    delete: 'Deleting',
    undo: 'Removing what was made',
    done: 'Done',
  },

  palette: {
    placeholder: 'Type a command or a name',
    actions: 'Actions',
    goTo: 'Go to',
    empty: 'Nothing fits these words',
    results: (count: number) => (count === 1 ? '1 result' : `${count} results`),
  },
  keys: {
    title: 'Keyboard shortcuts',
    window: 'Window',
    lists: 'Lists',
    console: 'Consoles',
    palette: 'Commands',
    closeTab: 'Close the tab',
    nextTab: 'Next tab',
    tabNumber: 'Tab by its number',
    open: 'Open',
    range: 'Choose a range',
    toggle: 'Choose or leave out one',
    all: 'Choose all',
    menu: 'Menu of what is chosen',
    browser:
      'In a browser, Ctrl+W, Ctrl+N and Ctrl+Tab belong to the browser: use Alt+1 to Alt+9 and the palette.',
    guest: 'While a screen or a terminal has the keyboard, all keys go to the virtual machine.',
  },

  settings: {
    title: 'Settings',
    look: 'Appearance',
    theme: 'Theme',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    language: 'Language',
    systemLanguage: 'As the system',
    tree: 'Host list',
    treeSparklines: 'Processor curve beside each running virtual machine',
    safety: 'Safety',
    confirmForceOff: 'Ask before force off and reset',
    console: 'Console',
    consoleScale: 'Screen size',
    scales: { fit: 'Fit to the window', one: 'One to one' },
    table: 'Table',
    resetColumns: 'Show all columns',
    saved: 'Changes are saved at once and hold for every window.',
  },
  about: {
    version: (version: string) => `Version ${version}`,
    text: 'Manages virtual machines on this computer and on others. Free software under the Apache License 2.0.',
    website: 'Website',
    issues: 'Report a problem',
    licence: 'Licence',
    runtime: 'Runs on',
    hostname: 'Computer',
    folders: 'Where data lives',
    data: 'Virtual machines',
    config: 'Settings',
    state: 'State and logs',
    sockets: 'Sockets',
    notices: 'Software of others',
    showNotices: 'Show notices',
    copyFacts: 'Copy for a report',
  },
  welcome: {
    heading: 'Connect a host to see its virtual machines',
    text: 'A host is any machine that runs virtual machines: this computer, or one you reach over SSH or TLS.',
    found: 'Found on this computer',
    looking: 'Looking for hypervisors…',
    ready: 'Ready',
    stopped: 'Not running',
    denied: 'No permission',
    missing: 'Not installed',
    connect: 'Connect',
    open: 'Open',
    checkAgain: 'Check again',
    copyCommand: 'Copy the command',
    inTerminal: 'In a terminal:',
    notFound: (titles: string) => `Not found: ${titles}.`,
    lookedFor: 'What was looked for',
    hideLookedFor: 'Hide what was looked for',
    nothing: 'No hypervisor was found on this computer',
    accelerated: (title: string, accelerator: string) => `${title} with ${accelerator}`,
    emulated: (title: string) => `${title} with emulation`,
    onlyLooking: 'Only looking',
    test: 'The test hypervisor has made-up virtual machines. Nothing really runs.',
    try: 'Try it',
    other: 'Another computer',
    otherText: 'A host you reach over SSH or TLS, or any connection URI.',
    next: (host: string) => `${host} is connected. What comes next:`,
    openList: 'Open its list',
  },
};
