using System.CommandLine;
using System.Globalization;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger.Verification;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary><c>akkaprivacy ledger verify</c>: holds everything that is stored against itself.</summary>
internal static class VerifyCommand
{
    /// <summary>The command.</summary>
    public static Command Create(RunHost host)
    {
        var arguments = new LedgerArguments();
        var receipt = new Option<string?>("--receipt") { Description = "Verify this receipt instead, without a store.", HelpName = "FILE" };
        var head = new Option<string?>("--head") { Description = "The hash of the account's head as it was noted elsewhere, for --receipt.", HelpName = "HASH" };
        var command = new Command(
            "verify",
            $"""
            Read a whole ledger and name every place that contradicts another: the chain of hashes and the rules of each account, each
            release and its charges in the account and those above it, receipts, transfers, snapshots, the outbox. Before that everything
            on the store is compared with its checksum, the state of pipelines too; after it tables of releases in a SQLite store, and those
            that sinks of FILE.conf fill, with the releases. Exit code 5 when there is a fault.

            On PostgreSQL it holds the store's lock, and pipelines wait: stop them for a large ledger. It cannot tell that a store as a
            whole was put back to an earlier state: compare 'head' with one that was noted elsewhere.

            A receipt is verified without a store. It shows that the charge and what followed in the account fit together up to a head. Anybody can
            write such a file: it proves that the charge is in the ledger only to who knows that head from elsewhere (--head). It says nothing about the
            values that were released.

              akkaprivacy ledger verify --db site.db
              akkaprivacy ledger verify --receipt r.json --head 3f1c...

            {ExitCode.Help}
            """);
        arguments.AddTo(command);
        command.Add(receipt);
        command.Add(head);
        command.SetAction((parsed, cancellation) => parsed.GetValue(receipt) is { } file
            ? Task.FromResult(Receipt(file, parsed.GetValue(head), arguments.NamesStore(parsed), arguments.AsJson(parsed), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error))
            : LedgerCall.RunAsync(arguments, parsed, true, host, async call => Answer(await VerifyAsync(call).ConfigureAwait(false)), cancellation));
        return command;
    }

    // What does not match its checksum cannot be read, so nothing is held against it.
    private static async ValueTask<LedgerVerification> VerifyAsync(LedgerCall call)
    {
        var (damaged, count) = await StoreFaults.OfStoreAsync(call.Store, call.Cancellation).ConfigureAwait(false);
        if (count > 0)
        {
            return new LedgerVerification(0, 0, 0, [], damaged, count);
        }

        var found = await LedgerVerifier.RunAsync(call.Store, call.Cancellation).ConfigureAwait(false);
        var tables = await StoreFaults.OfTablesAsync(call).ConfigureAwait(false);
        return found with { Faults = [.. found.Faults.Concat(tables).Take(LedgerVerifier.MostFaults)], FaultCount = found.FaultCount + tables.Count };
    }

    private static LedgerAnswer Answer(LedgerVerification found)
    {
        var code = found.FaultCount == 0 ? ExitCode.Done : ExitCode.Store;
        var report = new { Sound = found.FaultCount == 0, Accounts = found.Heads, found.Events, found.Releases, found.KeptElsewhere, Faults = found.Faults, found.FaultCount };
        return new LedgerAnswer(code, report, output => Write(found, output));
    }

    private static void Write(LedgerVerification found, TextWriter output)
    {
        var table = new TextTable("account", ">events", "head");
        foreach (var head in found.Heads)
        {
            table.Add(head.Account, head.Version.ToString(CultureInfo.InvariantCulture), head.Hash);
        }

        table.Write(output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{found.Events:N0} events and {found.Releases:N0} releases were read{(found.KeptElsewhere > 0 ? $"; {found.KeptElsewhere:N0} of the releases were charged by a cluster, whose journal is not here" : "")}."));
        foreach (var fault in found.Faults)
        {
            output.WriteLine($"Fault at {fault.Place}: {fault.Message}");
        }

        output.WriteLine(found.FaultCount == 0
            ? "Nothing contradicts itself."
            : string.Create(CultureInfo.InvariantCulture, $"{found.FaultCount:N0} faults. Nothing was changed; keep a copy of the store and restore a backup."));
    }

    private static int Receipt(string path, string? head, bool namesStore, bool asJson, TextWriter output, TextWriter error)
    {
        var answer = namesStore ? Failed(ExitCode.Configuration, "--receipt is verified without a store; leave out FILE.conf, --db and --postgres.") : Receipt(path, head);
        return LedgerCall.Write(answer, asJson, output, error);
    }

    private static LedgerAnswer Receipt(string path, string? head)
    {
        ReceiptFile file;
        try
        {
            file = ReceiptFile.Read(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Failed(ExitCode.Configuration, $"The receipt '{path}' cannot be read ({failure.GetType().Name}).");
        }
        catch (FormatException failure)
        {
            return Failed(ExitCode.Store, $"The receipt '{path}' cannot be used: {failure.Message}.");
        }

        if (file.Fault() is { } fault)
        {
            return Failed(ExitCode.Store, $"The receipt '{path}' contradicts itself: {fault}.");
        }

        if (head is not null && !string.Equals(head, file.Head.Hash, StringComparison.OrdinalIgnoreCase))
        {
            return Failed(ExitCode.Store, $"The receipt '{path}' leads to head {file.Head.Hash} (event {file.Head.Version}), not to the one that is given.");
        }

        var report = new { Sound = true, file.Release, file.Account, Event = file.Events[0].Version, Head = new { file.Head.Version, file.Head.Hash }, HeadConfirmed = head is not null };
        return new LedgerAnswer(ExitCode.Done, report, output =>
        {
            output.WriteLine($"Release '{file.Release}' is charged by event {file.Events[0].Version} of account '{file.Account}', and {file.Events.Count - 1} events follow up to head {file.Head.Hash}.");
            output.WriteLine(head is not null
                ? "The head is the one that was given: the charge is part of that history."
                : "The file does not contradict itself. Whether this head is the ledger's own, only a head noted elsewhere can tell: give it with --head.");
        });
    }

    private static LedgerAnswer Failed(int code, string message) => new(code, new { Error = new { ExitCode = code, Message = message } }, _ => { }) { Error = message };
}
