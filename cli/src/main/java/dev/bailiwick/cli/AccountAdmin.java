package dev.bailiwick.cli;

import picocli.CommandLine;

/** The program {@code account-admin}: administration of accounts, profiles, roles and the store. */
public final class AccountAdmin {
    private AccountAdmin() {}

    /** Runs the command that the arguments name. The exit status is 0 to 7, as {@code --help} lists. */
    public static void main(String... arguments) {
        Host host = Host.real();
        System.exit(new Program(host, commands(host)).run(arguments));
    }

    static CommandLine commands(Host host) {
        AdminCommands root = new AdminCommands(host);
        Context context = root.context();
        AccountCommands accounts = new AccountCommands(context);
        StoreCommands store = new StoreCommands(context);
        return new CommandLine(root)
                .addSubcommand(new CommandLine(accounts).addSubcommand(new AccountCommands.Roles(accounts)))
                .addSubcommand(new ProfileCommands(context))
                .addSubcommand(new RoleCommands(context))
                .addSubcommand(new BindingCommands(context))
                .addSubcommand(new DirectoryCommands(context))
                .addSubcommand(new RecordCommands(context))
                .addSubcommand(new ApprovalCommands(context))
                .addSubcommand(new AuditCommands(context))
                .addSubcommand(new CommandLine(new ServiceCommands(context))
                        .addSubcommand(new ServiceCommands.Health(context))
                        .addSubcommand(new ServiceCommands.Reload(context)))
                .addSubcommand(new SidCommands(context))
                .addSubcommand(
                        new CommandLine(new PolicyCommands(context)).addSubcommand(new PolicyCommands.Roles(context)))
                .addSubcommand(new CommandLine(store)
                        .addSubcommand(new StoreCommands.ScrubCommands(store))
                        .addSubcommand(new ExportCommand(context))
                        .addSubcommand(new ImportCommand(context))
                        .addSubcommand(new ManifestCommand(context))
                        .addSubcommand(new RecoverCommand(context)));
    }
}
