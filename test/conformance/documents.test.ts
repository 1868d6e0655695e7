import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import { DomainSummary } from '../../drivers/api/model.ts';
import { fixtures, freshName, guestXml, type Subject } from './fixtures.ts';

const foreign = `<metadata>
    <own:thing xmlns:own='urn:example:own' a="1"><own:inner>text &amp; more</own:inner></own:thing>
  </metadata>`;

/** The document with so many MiB, whatever unit it is written in. */
const withMemory = (xml: string, mebibytes: number): string =>
  xml
    .replace(/<memory[^<]*<\/memory>/, `<memory unit='MiB'>${String(mebibytes)}</memory>`)
    .replace(/\s*<currentMemory[^<]*<\/currentMemory>/, '');

describe.each(fixtures)('$name', ({ type, open, keeps }) => {
  let subject: Subject;
  let connection: Connection;
  beforeAll(async () => {
    subject = await open();
    ({ connection } = subject);
  });
  afterAll(() => subject.end());

  test('a document becomes a machine that is listed, and list and get agree', async () => {
    const name = freshName();
    const uuid = randomUUID();
    const defined = await connection.domains.define(guestXml(type, { name, uuid }));
    expect(defined).toMatchObject({
      uuid,
      name,
      state: 'shutoff',
      id: null,
      persistent: true,
      autostart: false,
      hasManagedSave: false,
      type,
      vcpus: 1,
      memory: 32 * 1024 * 1024,
    });
    expect(v.parse(DomainSummary, defined)).toEqual(defined);
    expect(await connection.domains.get(uuid)).toEqual(defined);
    const listed = (await connection.domains.list()).filter((domain) => domain.uuid === uuid);
    expect(listed).toEqual([defined]);
  });

  test('a document without a UUID gets one, and keeps it in its own text', async () => {
    const { uuid } = await connection.domains.define(guestXml(type));
    expect(uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(await connection.domains.xml(uuid)).toContain(`<uuid>${uuid}</uuid>`);
  });

  test('the same UUID again replaces the document', async () => {
    const name = freshName();
    const { uuid } = await connection.domains.define(guestXml(type, { name }));
    const before = (await connection.domains.list()).length;
    const xml = withMemory(await connection.domains.xml(uuid), 48);
    expect(await connection.domains.define(xml)).toMatchObject({ uuid, name, memory: 48 * 1024 * 1024 });
    expect((await connection.domains.list()).length).toBe(before);
  });

  test('the name of another machine is refused', async () => {
    const name = freshName();
    await connection.domains.define(guestXml(type, { name }));
    const namesake = guestXml(type, { name, uuid: randomUUID() });
    await expect(connection.domains.define(namesake)).rejects.toMatchObject({ code: 'exists' });
    await expect(connection.domains.create(namesake)).rejects.toMatchObject({ code: 'exists' });
    await expect(connection.domains.define(guestXml(type, { name }))).rejects.toMatchObject({
      code: 'exists',
    });
    expect((await connection.domains.list()).filter((domain) => domain.name === name)).toHaveLength(1);
  });

  test.each([
    ['nothing', ''],
    ['no XML', 'virtual machine, please'],
    ['XML that does not end', "<domain type='test'><name>x</name>"],
    ['another document', '<network><name>x</name></network>'],
    [
      'a document type declaration',
      "<!DOCTYPE domain [<!ENTITY e 'x'>]><domain type='test'><name>&e;</name></domain>",
    ],
    ['no name', "<domain type='test'><memory>1024</memory><os><type>hvm</type></os></domain>"],
    ['no memory', "<domain type='test'><name>x</name><os><type>hvm</type></os></domain>"],
    [
      'a memory that is no number',
      "<domain type='test'><name>x</name><memory>much</memory><os><type>hvm</type></os></domain>",
    ],
    [
      'a UUID that is none',
      "<domain type='test'><name>x</name><uuid>1234</uuid><memory>1024</memory><os><type>hvm</type></os></domain>",
    ],
  ])('what is no domain document is refused and makes nothing: %s', async (_, text) => {
    const before = await connection.domains.list();
    const xml = text.replace("type='test'", `type='${type}'`);
    await expect(connection.domains.define(xml)).rejects.toMatchObject({ code: 'xml_invalid' });
    await expect(connection.domains.create(xml)).rejects.toMatchObject({ code: 'xml_invalid' });
    expect(await connection.domains.list()).toEqual(before);
  });

  test('names that mean something else are refused', async () => {
    for (const name of ['a/b', '..', '../../etc/passwd'])
      await expect(connection.domains.define(guestXml(type, { name })), name).rejects.toMatchObject({
        code: expect.stringMatching(/^(xml_invalid|invalid_argument)$/),
      });
  });

  test('names are text: markup, other scripts and spaces come back as they were', async () => {
    for (const [name, escaped] of [
      ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
      ['测试 ü 🖥', '测试 ü 🖥'],
      ["it's & that", "it's &amp; that"],
    ] as const) {
      const { uuid } = await connection.domains.define(guestXml(type, { name: escaped }));
      expect((await connection.domains.get(uuid)).name).toBe(name);
      await connection.domains.undefine(uuid);
    }
  });

  test('what we do not know in a document survives: comments, foreign namespaces, their texts', async () => {
    const xml = guestXml(type, { extra: `<!-- kept by hand -->\n  ${foreign}` });
    const { uuid } = await connection.domains.define(xml);
    await connection.domains.setMetadata(uuid, { title: 'Changed' });
    await connection.domains.setMaxMemory(uuid, 64 * 1024 * 1024);
    await connection.domains.setMemory(uuid, 48 * 1024 * 1024, 'config');
    const after = await connection.domains.xml(uuid, { inactive: true });
    if (keeps.comments) expect(after).toContain('<!-- kept by hand -->');
    if (keeps.comments) expect(after).toContain(foreign);
    expect(after).toMatch(
      /<own:thing xmlns:own=["']urn:example:own["'] a="1">\s*<own:inner>text &amp; more</,
    );
    expect(after).toContain('<title>Changed</title>');
  });

  test('title and notes are kept over a restart of the machine, and taken out again', async () => {
    const { uuid } = await connection.domains.define(guestXml(type));
    await connection.domains.start(uuid, { paused: true });
    const notes = 'First line <b>\nSecond & last';
    await connection.domains.setMetadata(uuid, { title: 'A title', description: notes });
    expect(await connection.domains.get(uuid)).toMatchObject({ title: 'A title' });
    await connection.domains.destroy(uuid);
    expect(await connection.domains.get(uuid)).toMatchObject({ title: 'A title', note: notes });
    await connection.domains.setMetadata(uuid, { title: '', description: '' });
    const bare = await connection.domains.get(uuid);
    expect([bare.title, bare.note]).toEqual([undefined, undefined]);
    expect(await connection.domains.xml(uuid)).not.toContain('<title');
  });

  test('a new name is the machine’s name everywhere, and a name that is taken is refused', async () => {
    const other = await connection.domains.define(guestXml(type));
    const { uuid, name: old } = await connection.domains.define(guestXml(type));
    const name = freshName();
    await connection.domains.rename(uuid, name);
    expect(await connection.domains.get(uuid)).toMatchObject({ uuid, name });
    expect(await connection.domains.xml(uuid)).toContain(`<name>${name}</name>`);
    expect((await connection.domains.list()).some((domain) => domain.name === old)).toBe(false);
    await expect(connection.domains.rename(uuid, other.name)).rejects.toMatchObject({ code: 'exists' });
    await expect(connection.domains.rename(uuid, 'a/b')).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(connection.domains.rename(uuid, '')).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(await connection.domains.get(uuid)).toMatchObject({ name });
    // the old name is free again
    await connection.domains.define(guestXml(type, { name: old }));
  });

  test('a machine that was undefined is gone, and its name can be used again', async () => {
    const { uuid, name } = await connection.domains.define(guestXml(type));
    await connection.domains.undefine(uuid);
    await expect(connection.domains.get(uuid)).rejects.toMatchObject({ code: 'not_found' });
    expect((await connection.domains.list()).some((domain) => domain.uuid === uuid)).toBe(false);
    await connection.domains.define(guestXml(type, { name }));
  });

  test('a running machine that is undefined goes on until it is off', async () => {
    const { uuid } = await connection.domains.define(guestXml(type));
    await connection.domains.start(uuid);
    await connection.domains.undefine(uuid);
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'running', persistent: false });
    await connection.domains.destroy(uuid);
    await expect(connection.domains.get(uuid)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('the disk of a running machine is not deleted with its document', async () => {
    const [pool] = await connection.volumes.pools();
    const name = `${freshName()}.qcow2`;
    const { path } = await connection.volumes.create(pool?.name ?? '', {
      name,
      format: 'qcow2',
      capacity: 1024 * 1024,
    });
    const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`;
    const { uuid } = await connection.domains.define(guestXml(type, { devices: disk }));
    await connection.domains.start(uuid, { paused: true });
    await expect(connection.domains.undefine(uuid, { volumes: [path] })).rejects.toMatchObject({
      code: 'wrong_state',
    });
    expect(await connection.volumes.lookup(path)).toMatchObject({ path });
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'paused', persistent: true });
    await connection.domains.destroy(uuid);
    await connection.domains.undefine(uuid, { volumes: [path] });
    await expect(connection.volumes.lookup(path)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('changing the document of a running machine counts from its next start', async () => {
    const { uuid } = await connection.domains.define(guestXml(type));
    await connection.domains.start(uuid, { paused: true });
    const xml = await connection.domains.xml(uuid, { inactive: true });
    await connection.domains.define(withMemory(xml, 48));
    expect(readDomain(await connection.domains.xml(uuid, { inactive: true })).memory).toBe(48 * 1024 * 1024);
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'paused', persistent: true });
    await connection.domains.destroy(uuid);
    expect(await connection.domains.get(uuid)).toMatchObject({ memory: 48 * 1024 * 1024 });
  });

  test('a temporary machine that is defined stays', async () => {
    const { uuid } = await connection.domains.create(guestXml(type), { paused: true });
    const xml = await connection.domains.xml(uuid, { inactive: true });
    expect(await connection.domains.define(xml)).toMatchObject({ uuid, persistent: true, state: 'paused' });
    await connection.domains.destroy(uuid);
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'shutoff' });
  });

  test('a screen’s password is only in the document of who asks for secrets', async () => {
    const graphics = `<graphics type='vnc' passwd='s3cret'><listen type='socket'/></graphics>`;
    const { uuid } = await connection.domains.define(guestXml(type, { noGraphics: true, devices: graphics }));
    expect(await connection.domains.xml(uuid)).not.toContain('s3cret');
    expect(await connection.domains.xml(uuid, { inactive: true })).not.toContain('s3cret');
    expect(await connection.domains.xml(uuid, { secure: true })).toContain('s3cret');
    await connection.domains.setMetadata(uuid, { title: 'still secret' });
    expect(await connection.domains.xml(uuid, { secure: true })).toContain('s3cret');
    const looking = await subject.again({ readOnly: true });
    await expect(looking.domains.xml(uuid, { secure: true })).rejects.toMatchObject({ code: 'read_only' });
  });

  test('a document that is good gets no fatal remark, one that is none does', async () => {
    const levels = async (xml: string) => (await connection.domains.check(xml)).map((remark) => remark.level);
    expect(await levels(guestXml(type))).not.toContain('fatal');
    expect(await levels('<domain')).toContain('fatal');
  });
});
