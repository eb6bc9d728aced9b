using System.CommandLine;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary><c>akkaprivacy ledger ...</c>: accounts, their budgets and what was charged.</summary>
internal static class LedgerCommand
{
    /// <summary>The command.</summary>
    /// <param name="host">The process around it.</param>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create(RunHost host)
    {
        var command = new Command(
            "ledger",
            $"""
            Read and change the budget ledger of a store: accounts, what they have spent and why, and decisions of people.

            The store is that of a pipeline (FILE.conf), a SQLite file (--db) or a PostgreSQL database (--postgres). Commands that
            read may be used while a pipeline runs. Accounts that a cluster's ledger keeps are not on the store.

              akkaprivacy ledger show --db site.db
              akkaprivacy ledger history --db site.db
              akkaprivacy ledger verify --db site.db

            {ExitCode.Help}
            """);
        command.Add(ShowCommand.Create(host));
        command.Add(HistoryCommand.Create(host));
        command.Add(ForecastCommand.Create(host));
        command.Add(VerifyCommand.Create(host));
        command.Add(ReceiptCommand.Create(host));
        foreach (var change in ChangeCommands.CreateAll(host))
        {
            command.Add(change);
        }

        return command;
    }
}
