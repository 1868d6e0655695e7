import { ask, no, verdictsOn, yes, type Verdict, type Verdicts } from '../api/operations.ts';

/** What this driver can do; the rest is decided for each domain by its devices. */
export function verdictsOf(readOnly: boolean, hasImageTool: boolean): Verdicts {
  const change = (verdict: Verdict): Verdict => (readOnly ? no('read_only') : verdict);
  const images = hasImageTool ? yes : no('tool_missing');
  return {
    start: change(yes),
    startPaused: change(yes),
    shutdown: change(yes),
    reboot: change(yes),
    reset: change(yes),
    destroy: change(yes),
    suspend: change(yes),
    resume: change(yes),
    managedSave: change(yes),
    managedSaveRemove: change(yes),
    save: change(yes),
    undefine: change(yes),
    rename: change(yes),
    setAutostart: change(yes),
    setMetadata: change(yes),
    setMemory: change(yes),
    setMaxMemory: change(yes),
    // the document yes, a running guest no
    setVcpus: change(ask),
    changeMedia: change(ask),
    screenshot: ask,
    sendKey: change(yes),
    qemuMonitorCommand: change(yes),
    openConsole: change(ask),
    openGraphics: change(ask),
    injectNmi: change(yes),
    // resume wakes it
    pmWakeup: no('driver_lacks'),
    // needs the guest's agent
    pmSuspend: no('driver_lacks'),
    coreDump: no('driver_lacks'),
    ...verdictsOn(
      no('driver_lacks'),
      'domainDevices',
      'snapshots',
      'blockJobs',
      'migration',
      'agent',
      'pools',
      'networks',
      'interfaces',
      'nodeDevices',
      'secrets',
    ),
    define: change(yes),
    create: change(yes),
    restore: change(yes),
    volumeCreate: change(images),
    volumeClone: change(images),
    volumeDelete: change(yes),
    volumeUpload: change(yes),
    volumeRead: yes,
    browse: yes,
  };
}
