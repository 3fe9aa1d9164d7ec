export default function sayNotRun() {
  if (process.env.KOBLING_TEST_MONGO_URL === undefined)
    process.stderr.write('Not run: what needs MongoDB and Redis (test/servers). Run it with: npm run test:servers\n');
}
