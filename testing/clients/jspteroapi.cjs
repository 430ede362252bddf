const assert = require('node:assert/strict');
const { Application } = require('jspteroapi');

async function main() {
  const app = new Application(process.env.PANEL_URL, process.env.PANEL_KEY);
  assert.equal(await app.testAPI(), true); // asks for servers, as the constructor does
  const made = await app.createUser('JsPtero', 'Js', 'Ptero', 'js@example.com', undefined, undefined, undefined, 'crm-2');
  assert.equal(made.username, 'jsptero');
  assert.equal(made.external_id, 'crm-2');
  assert.equal(made.language, 'en');
  assert.equal(made.root_admin, false);
  const without = await app.createUser('jsptero2', 'Js', 'Ptero', 'js2@example.com', 'secret');
  assert.equal(without.external_id, null);

  const got = await app.getUserInfo(made.id, { servers: true });
  assert.equal(got.uuid, made.uuid);
  assert.deepEqual(got.relationships.servers.data, []);
  const all = await app.getAllUsers();
  assert.deepEqual(all.map((u) => u.attributes.id).slice(-2), [made.id, without.id]);
  const filtered = await app.getAllUsers({ servers: true }, { filterBy: 'email', filter: 'js2@' });
  assert.deepEqual(filtered.map((u) => u.attributes.email), ['js2@example.com']);

  const changed = await app.editUser(made.id, { firstName: 'Changed', isAdmin: true });
  assert.equal(changed.first_name, 'Changed');
  assert.equal(changed.root_admin, true);
  assert.equal(changed.external_id, 'crm-2');
  assert.equal((await app.editUser(without.id, { lastName: 'Too' })).external_id, null);

  await assert.rejects(app.editUser(made.id, { email: 'js2@example.com' }), (e) => {
    assert.equal(e.HTML_STATUS, 422);
    assert.deepEqual(e.ERRORS, ['The email has already been taken.']);
    return true;
  });
  assert.equal(await app.deleteUser(made.id), 'Successfully deleted!');
  assert.equal(await app.deleteUser(without.id), 'Successfully deleted!');
  await assert.rejects(app.getUserInfo(made.id), (e) => {
    assert.equal(e.HTML_STATUS, 404);
    assert.deepEqual(e.ERRORS, ['The requested resource could not be found on the server.']);
    return true;
  });
  console.log('jspteroapi: whole life cycle');
}

main().catch((e) => { console.error(e, e.ERRORS); process.exit(1); });
