// One line of progress, because the first build takes half a minute without saying anything.
console.log('Building Kobling (about half a minute the first time) ...');
