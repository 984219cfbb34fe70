package dev.bailiwick.capnp.compiler;

/**
 * Where a generated class is.
 *
 * @param packageName the Java package
 * @param path the class within it, nested classes after a dot
 */
record JavaName(String packageName, String path) {
    JavaName nested(String name) {
        return new JavaName(packageName, path + "." + name);
    }

    /** The class that has a file of its own. */
    String outermost() {
        int dot = path.indexOf('.');
        return dot < 0 ? path : path.substring(0, dot);
    }

    String simple() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    String qualified() {
        return packageName + "." + path;
    }
}
