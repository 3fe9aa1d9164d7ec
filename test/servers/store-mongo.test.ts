import { storeContract } from '../contract/store-contract.ts';
import { mongoWorld } from '../support/store-mongo-world.ts';

storeContract('MongoDB', mongoWorld);
