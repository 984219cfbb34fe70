package dev.bailiwick.bench.store;

import java.io.BufferedWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attributes;
import javax.naming.directory.BasicAttribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.ModificationItem;
import javax.naming.ldap.InitialLdapContext;

/**
 * The same accounts in OpenLDAP: a {@code slapd} of its own with {@code back-mdb}, which syncs every change before it answers. An
 * account is changed by compare-and-set, as LDAP does it: the old version number is deleted by value and the new one added in one
 * modification. It keeps no history. Each caller has a connection.
 */
@SuppressWarnings("BanJNDI") // the server is started here, and holds nothing that anybody else wrote
final class LdapAccounts implements OtherAccounts, AutoCloseable {
    private static final int BODY_BYTES = 448;
    private static final String BASE = "dc=bench";
    private static final String ADMIN = "cn=admin," + BASE;
    private static final String PASSWORD = "bench";
    private static final long START_SECONDS = 30;

    private final Process slapd;
    private final List<DirContext> connections = new ArrayList<>();

    /**
     * Loads the accounts and starts the server.
     *
     * @param schemas where Debian keeps the schemas of OpenLDAP
     * @param modules where it keeps its loadable modules
     */
    LdapAccounts(Path folder, Path schemas, Path modules, int count, int callers)
            throws IOException, InterruptedException, NamingException {
        Path configuration = folder.resolve("slapd.conf");
        Path database = Files.createDirectory(folder.resolve("mdb"));
        Files.write(
                configuration,
                List.of(
                        "include " + schemas.resolve("core.schema"),
                        "include " + schemas.resolve("cosine.schema"),
                        "include " + schemas.resolve("inetorgperson.schema"),
                        "modulepath " + modules,
                        "moduleload back_mdb",
                        "pidfile " + folder.resolve("slapd.pid"),
                        "loglevel 0",
                        "database mdb",
                        "maxsize 4294967296",
                        "suffix \"" + BASE + "\"",
                        "rootdn \"" + ADMIN + "\"",
                        "rootpw " + PASSWORD,
                        "directory " + database,
                        "index objectClass,uid eq"));
        Path content = folder.resolve("accounts.ldif");
        writeAccounts(content, count);
        run("slapadd", "-q", "-f", configuration.toString(), "-l", content.toString());
        int port = freePort();
        this.slapd = new ProcessBuilder(
                        "slapd", "-d", "0", "-f", configuration.toString(), "-h", "ldap://127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("slapd.log").toFile())
                .start();
        for (int i = 0; i < callers; i++) {
            connections.add(connect(port));
        }
    }

    private static void writeAccounts(Path file, int count) throws IOException {
        String body = Base64.getEncoder().encodeToString(new byte[BODY_BYTES]);
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write("dn: " + BASE + "\nobjectClass: dcObject\nobjectClass: organization\ndc: bench\no: bench\n\n");
            for (int i = 0; i < count; i++) {
                out.write("dn: " + dn(i) + "\nobjectClass: inetOrgPerson\nuid: account-" + i + "\ncn: account-" + i
                        + "\nsn: account-" + i + "\nemployeeNumber: 1\naudio:: " + body + "\n\n");
            }
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException(command[0] + " ended with " + code);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @SuppressWarnings("JdkObsolete") // JNDI takes its environment as nothing else
    private DirContext connect(int port) throws IOException, InterruptedException, NamingException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
        environment.put(Context.PROVIDER_URL, "ldap://127.0.0.1:" + port);
        environment.put(Context.SECURITY_AUTHENTICATION, "simple");
        environment.put(Context.SECURITY_PRINCIPAL, ADMIN);
        environment.put(Context.SECURITY_CREDENTIALS, PASSWORD);
        environment.put("java.naming.ldap.attributes.binary", "audio");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try {
                return new InitialLdapContext(environment, null);
            } catch (CommunicationException e) {
                if (!slapd.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("slapd does not answer", e);
                }
                slapd.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static String dn(int number) {
        return "uid=account-" + number + "," + BASE;
    }

    @Override
    public String name() {
        return "OpenLDAP";
    }

    @Override
    public void commit(int caller, int number, long version) {
        ModificationItem[] items = {
            new ModificationItem(DirContext.REMOVE_ATTRIBUTE, new BasicAttribute("employeeNumber", "" + version)),
            new ModificationItem(DirContext.ADD_ATTRIBUTE, new BasicAttribute("employeeNumber", "" + (version + 1))),
            new ModificationItem(DirContext.REPLACE_ATTRIBUTE, new BasicAttribute("audio", new byte[BODY_BYTES]))
        };
        try {
            connections.get(caller).modifyAttributes(dn(number), items);
        } catch (NamingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long lookup(int number) {
        try {
            Attributes found = connections.getFirst().getAttributes(dn(number));
            if (((byte[]) found.get("audio").get()).length != BODY_BYTES) {
                throw new IllegalStateException("account " + number + " is not as it was written");
            }
            return Long.parseLong((String) found.get("employeeNumber").get());
        } catch (NamingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws NamingException {
        for (DirContext connection : connections) {
            connection.close();
        }
        slapd.destroy();
        slapd.onExit().join();
    }
}
