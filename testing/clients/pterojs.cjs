const assert = require('node:assert/strict');
const { PteroApp } = require('@devnote-dev/pterojs');

const app = new PteroApp(process.env.PANEL_URL, process.env.PANEL_KEY);

async function main() {
  const made = await app.users.create({
    email: 'Ptero.JS@example.com', username: 'PteroJS', firstname: 'Ptero', lastname: 'Jš', externalId: 'crm-1', isAdmin: false,
  });
  assert.equal(made.username, 'pterojs');
  assert.equal(made.email, 'Ptero.JS@example.com');
  assert.equal(made.externalId, 'crm-1');
  assert.equal(made.isAdmin, false);
  assert.equal(made.twoFactor, false);
  assert.ok(made.createdAt.getTime() > 0);

  const byId = await app.users.fetch(made.id, { force: true, include: ['servers'] });
  assert.equal(byId.createdTimestamp, made.createdTimestamp);
  assert.equal(byId.servers.size, 0);
  assert.equal((await app.users.fetch('crm-1', { force: true })).id, made.id);
  const found = await app.users.query('PTERO.js@', { filter: 'email', sort: '-id' });
  assert.deepEqual([...found.keys()], [made.id]);
  assert.ok((await app.users.query('-4', { filter: 'uuid', sort: 'uuid' })).has(made.id)); // version 4

  for (let i = 0; i < 4; i++) {
    await app.users.create({ email: `more${i}@example.com`, username: `more${i}`, firstname: 'More', lastname: `${i}`, password: 'secret' });
  }
  const all = await app.users.fetchAll({ perPage: 2 });
  assert.equal(all.size, 6);
  assert.equal(app.users.meta.total, 6);
  const page = await app.users.fetch({ page: 2, perPage: 2 });
  assert.equal(page.size, 2);

  const changed = await app.users.update(made.id, { firstname: 'Changed', password: 'next' });
  assert.equal(changed.firstname, 'Changed');
  assert.equal(changed.externalId, 'crm-1');
  assert.equal((await app.users.update(made.id, { isAdmin: true })).isAdmin, true);

  await assert.rejects(app.users.create({ email: 'ptero.js@EXAMPLE.com', username: '-', firstname: 'x', lastname: 'y' }), (e) => {
    assert.deepEqual(e.codes, ['ValidationException', 'ValidationException']);
    return true;
  });
  for (const user of [made, ...found.values(), ...all.values()]) {
    if (user.id !== 1 && user.id !== made.id) await app.users.delete(user.id);
  }
  await app.users.delete(made.id);
  await assert.rejects(app.users.fetch(made.id, { force: true }), (e) => e.codes.includes('NotFoundHttpException'));
  await assert.rejects(new PteroApp(process.env.PANEL_URL, 'ptla_wrong').users.fetch(1), (e) => e.codes.includes('AuthenticationException'));
  console.log('pterojs: whole life cycle');
}

main().catch((e) => { console.error(e, e.codes, e.meta); process.exit(1); });
