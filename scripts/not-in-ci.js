// Stands in the bundle for the package is-in-ci.
// oxlint-disable-next-line import/no-default-export -- the package has one
export default false;
