package dev.bailiwick.cli;

import picocli.CommandLine;

/** The program {@code bailiwick}: what somebody with an account does, and the first steps of a new store. */
public final class Bailiwick {
    private Bailiwick() {}

    /** Runs the command that the arguments name. The exit status is 0 to 7, as {@code --help} lists. */
    public static void main(String... arguments) {
        Host host = Host.real();
        System.exit(new Program(host, commands(host)).run(arguments));
    }

    static CommandLine commands(Host host) {
        SessionCommands root = new SessionCommands(host);
        Context context = root.context();
        CommandLine commands = new CommandLine(root)
                .addSubcommand(new QuickstartCommand(context))
                .addSubcommand(new InitCommand(context))
                .addSubcommand("serve", new ServeCommand(context))
                .addSubcommand(
                        new CommandLine(new KeyringCommands(context)).addSubcommand(new KeyBackupCommands(context)))
                .addSubcommand(new LeaseCommands.Ask(context))
                .addSubcommand(new LeaseCommands.List(context))
                .addSubcommand(new LeaseCommands.Renew(context))
                .addSubcommand(new LeaseCommands.GiveBack(context))
                .addSubcommand(new CredentialCommands(context))
                // What comes after the name of a program is the program's.
                .addSubcommand("run", new CommandLine(new RunCommand(context)).setStopAtPositional(true))
                .addSubcommand(new HoldingsCommand(context))
                .addSubcommand(new CommandLine(new IdentityCommands(context))
                        .addSubcommand(new IdentityCommands.PrivilegeCommands(context)))
                .addSubcommand(new ConnectCommands.Connect(context))
                .addSubcommand(new ConnectCommands.Services(context))
                .addSubcommand(new VaultCommand(context))
                .addSubcommand(new ShareCommands.Shared(context));
        for (SessionSlot slot : SessionSlot.values()) {
            CommandLine files = new CommandLine(new NamespaceCommands(context, slot));
            switch (slot) {
                case home ->
                    files.addSubcommand(new SnapshotCommands(context, slot))
                            .addSubcommand(new ShareCommands.Share(context))
                            .addSubcommand(new ShareCommands.Shares(context))
                            .addSubcommand(new ShareCommands.Unshare(context));
                case config -> files.addSubcommand(new SnapshotCommands(context, slot));
                case cache, tmp -> {}
            }
            files.getCommandSpec().usageMessage().description(slot.description());
            commands.addSubcommand(slot.name(), files);
        }
        return commands;
    }
}
