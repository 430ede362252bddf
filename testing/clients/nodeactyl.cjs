const assert = require('node:assert/strict');
const { NodeactylApplication } = require('nodeactyl');

const app = new NodeactylApplication(process.env.PANEL_URL, process.env.PANEL_KEY);

async function main() {
  const made = (await app.createUser('node@example.com', 'NodeActyl', 'Node', 'Actyl')).attributes;
  assert.equal(made.username, 'nodeactyl');
  assert.equal((await app.getUserDetails(made.id)).attributes.uuid, made.uuid);
  assert.equal((await app.getAllUsers()).meta.pagination.total_pages, 1);
  assert.equal((await app.getUserPage(1)).data.at(-1).attributes.id, made.id);
  assert.equal((await app.getUserByUsername('nodeactyl')).attributes.id, made.id);
  assert.equal(await app.updateUserDetails(made.id, 'node@example.com', 'nodeactyl', 'Changed', 'Actyl', 'en', 'secret'), true);
  assert.equal((await app.getUserDetails(made.id)).attributes.first_name, 'Changed');
  assert.equal(await app.createUser('node@example.com', 'nodeactyl', 'Node', 'Actyl').catch((status) => status), 422);
  assert.equal(await app.deleteUser(made.id), true);
  assert.equal(await app.getUserDetails(made.id).catch((status) => status), 404);
  console.log('nodeactyl: whole life cycle');
}

main().catch((e) => { console.error(e); process.exit(1); });
