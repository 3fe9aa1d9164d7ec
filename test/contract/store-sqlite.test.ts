import { sqliteWorld } from '../support/store-sqlite-world.ts';
import { storeContract } from './store-contract.ts';

storeContract('SQLite', sqliteWorld);
