import type { OpenStep } from '../../../drivers/api/opening.ts';

const machines = (count: number) => (count === 1 ? '1 virtual machine' : `${count} virtual machines`);

/** What each step of connecting does. */
const step: Record<OpenStep, string> = {
  resolve: 'Look up the name',
  reach: 'Reach the host',
  encrypt: 'Agree on encryption',
  identify: 'Know the host',
  login: 'Log in',
  open: 'Open the hypervisor',
  list: 'List virtual machines',
};

/** Adding a host, trying a connection, and what hosts ask the person. */
export const connect = {
  title: 'Add a host',
  where: 'Where the host is',
  ways: { local: 'This computer', ssh: 'Over SSH', tls: 'Over TLS', other: 'Other' },
  name: 'Name',
  fromHypervisor: 'As its hypervisor is called',
  options: 'Options',
  autoconnect: 'Connect when Guestroom starts',
  readOnly: 'Only look: refuse every change',
  test: 'Test connection',
  testAgain: 'Test again',
  stopTest: 'Stop the test',
  add: 'Add and connect',
  answerFirst: 'Answer the question first',

  local: {
    found: 'Found on this computer',
    looking: 'Looking for hypervisors…',
    lookAgain: 'Look again',
    nothing: 'No hypervisor was found on this computer.',
    choose: 'Choose one that is ready.',
    none: 'None of these can be added now.',
    listed: (name: string) => `In the list as “${name}”`,
    show: 'Show it',
  },
  ssh: {
    addressPlaceholder: 'ada@host.example.net',
    addressHelp: 'Hosts of ~/.ssh/config are understood by the name that they have there.',
    target: 'Runs there',
    targets: {
      system: 'libvirt (system)',
      session: 'libvirt, own machines (session)',
      lxc: 'LXC',
      xen: 'Xen',
      embed: 'QEMU without libvirt (Guestroom starts it)',
    },
    jump: 'Jump host',
    jumpPlaceholder: 'None',
    jumpHelp: 'As ada@gate.example.net:22; several in their order, with commas between.',
    jumpWrong: 'Hosts with commas between, as ada@gate:22, inner.example.net.',
    keyFile: 'Key file',
    keyFilePlaceholder: 'The agent and your usual keys',
    keyFileWrong: 'The whole path of the private key is needed, as ~/.ssh/id_ed25519.',
    choose: 'Choose…',
  },
  tls: {
    address: 'Address',
    addressPlaceholder: 'host.example.net',
    addressMissing: 'The name or address of the host is needed.',
    addressWrong: 'Only a name or an address, as host.example.net or 192.0.2.7.',
    addressUri: 'This is a whole connection URI:',
    useOther: 'use it under Other',
    portInAddress: 'The port has a field of its own.',
    movePort: 'Move it there',
    port: 'Port',
    portWrong: 'A port is a whole number from 1 to 65535.',
    hypervisor: 'Hypervisor',
    hypervisors: {
      qemu: 'QEMU and KVM',
      lxc: 'LXC containers',
      xen: 'Xen',
      ch: 'Cloud Hypervisor',
      bhyve: 'bhyve',
      vbox: 'VirtualBox',
      remote: 'What the host opens by itself',
    },
    certificates: 'Certificates',
    certificatesPlaceholder: 'The usual places',
    certificatesHelp: 'A folder with cacert.pem, clientcert.pem and clientkey.pem.',
    certificatesWrong: 'The whole path of the folder is needed, as /home/me/certificates.',
  },
  other: {
    uri: 'Connection',
    uriHelp: 'A connection URI, as libvirt writes them.',
    uriMissing: 'A connection URI is needed.',
    examples: 'For example',
    example: {
      'qemu:///embed': 'QEMU here, run by Guestroom itself',
      'qemu+tcp://host/system': 'libvirt elsewhere, without encryption',
      'test:///default': 'Made-up virtual machines',
      'test:///path/to/file.xml': 'Made-up virtual machines of your own',
    },
  },

  import: {
    title: 'Import hosts',
    open: 'Import hosts…',
    export: 'Export hosts…',
    exportTitle: 'Export hosts',
    /** Begin of the name of the file. */
    fileName: 'Guestroom hosts',
    nothingToExport: 'There is no host in the list yet',
    looking: 'Looking for hosts that other programs know…',
    source: { 'ssh-config': 'SSH configuration', 'virt-manager': 'virt-manager', file: 'Exported list' },
    empty: {
      'ssh-config': 'No host has a name of its own in ~/.ssh/config.',
      'virt-manager': 'virt-manager has no connections.',
      file: 'The list is empty.',
    },
    note: {
      'ssh-config': {
        absent: 'There is no ~/.ssh/config.',
        'no-program': 'It cannot be read on this computer.',
      },
      'virt-manager': {
        absent: 'virt-manager has kept no connections on this computer.',
        'no-program': 'Its settings cannot be read: neither gsettings nor dconf is installed.',
      },
    },
    chooseAll: (source: string) => `All of ${source}`,
    already: 'already there',
    hypervisor: { system: 'libvirt on these hosts', embed: 'QEMU, run by Guestroom' },
    fromList: 'From a list that Guestroom exported',
    text: 'Its text',
    textHelp: 'Hosts are added without connecting them. The list holds no password.',
    choose: 'Choose a file…',
    read: 'Read the text',
    chooseFirst: 'Choose at least one host',
    add: (count: number): string =>
      count === 0 ? 'Import' : count === 1 ? 'Import 1 host' : `Import ${count} hosts`,
  },

  connection: 'Connection',
  untested: 'Not tested yet. A test shows each step here, and asks you what the host wants to know.',
  step,
  stepState: {
    ahead: 'to do',
    active: 'under way',
    waiting: 'waiting for you',
    done: 'done',
    skipped: 'left out',
    failed: 'failed',
  },
  waitsForAnswer: 'Waiting for your answer',
  machines,
  /** What was found at the end: QEMU 8.2.0, libvirt 10.0.0, 12 virtual machines, 3 running. */
  works: 'The connection works.',
  foundRunning: (all: number, running: number) => `${machines(all)}, ${running} running`,
  onlyLooking: 'read-only',

  /** How a host in the list is connected. */
  details: {
    title: (host: string) => `Connection to ${host}`,
    state: 'State',
    since: (time: string) => `Connected since ${time}`,
    way: 'Way',
    here: 'This computer',
    encryption: 'Encryption',
    login: 'Logged in',
    roundTrip: 'There and back',
    key: 'Host key',
    attempt: 'Last attempt',
    never: 'It was not tried yet.',
  },

  /** What a connection asks the person, by what it is about. */
  ask: {
    title: {
      credentials: (who: string) => `${who} asks for a login`,
      password: (who: string) => `${who} asks for a password`,
      passphrase: (_who: string) => 'A key file asks for its passphrase',
      prompts: (who: string) => `${who} asks for an answer`,
      'host-key': (who: string) => `${who} is not known yet. Is this its key?`,
    },
    /** The same, of a host in the list. */
    wants: {
      credentials: (host: string) => `${host} asks for a login`,
      password: (host: string) => `${host} asks for a password`,
      passphrase: (host: string) => `${host}: a key file asks for its passphrase`,
      prompts: (host: string) => `${host} asks for an answer`,
      'host-key': (host: string) => `${host} shows a key that is not known yet`,
    },
    /** What one does about it. */
    answer: {
      credentials: 'Log in',
      password: 'Log in',
      passphrase: 'Open the key',
      prompts: 'Answer',
      'host-key': 'Look at the key',
    },
    again: {
      credentials: 'That login was refused. Check the name and the password.',
      password: 'That password was refused.',
      passphrase: 'That passphrase does not open the key.',
      prompts: 'That answer was refused.',
    },
    realm: (realm: string) => `Realm ${realm}`,
    user: 'Name',
    userMissing: 'A name is needed.',
    password: 'Password',
    passphrase: 'Passphrase',
    file: 'Key file',
    /** Where a host asks without any words. */
    unnamed: 'Answer',
    remember: 'Remember in the system’s key store',
    fingerprint: 'Fingerprint',
    copyFingerprint: 'Copy the fingerprint',
    compare: 'Compare it with what the owner of the host tells you, and trust it only if they are the same.',
    showsIt: 'On its own screen the host shows it with:',
    copyCommand: 'Copy the command',
    trustAlways: 'Trust and remember',
    trustOnce: 'Trust this time',
    until: (time: string) => `${time} left to answer`,
    /** Another window was quicker, or the host does not wait any more. */
    tooLate: 'The host does not wait for this answer any more.',
    waits: (hosts: number) => `${hosts} hosts wait for you`,
  },
};
