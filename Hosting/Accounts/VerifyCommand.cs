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
        var release = new Option<string?>("--release") { Description = "A published release, as JSON lines of a sink, that must be the one of --receipt.", HelpName = "FILE" };
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

            A receipt is verified without a store. It shows that the charge, its figures, the released values and what followed in the account fit
            together up to a head, and every changed byte shows. Anybody can write such a file: it proves that the charge and the values are in the
            ledger only to who knows that head from elsewhere (--head). A charge of form 1 says nothing about values.

              akkaprivacy ledger verify --db site.db
              akkaprivacy ledger verify --receipt r.json --release published.jsonl --head 3f1c...

            {ExitCode.Help}
            """);
        arguments.AddTo(command);
        command.Add(receipt);
        command.Add(release);
        command.Add(head);
        command.SetAction((parsed, cancellation) => parsed.GetValue(receipt) is { } file
            ? Task.FromResult(Receipt(parsed, arguments, file, parsed.GetValue(release), parsed.GetValue(head)))
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

    private static int Receipt(ParseResult parsed, LedgerArguments arguments, string path, string? release, string? head)
    {
        var answer = arguments.NamesStore(parsed)
            ? ReceiptAnswer.Failed(ExitCode.Configuration, "--receipt is verified without a store; leave out FILE.conf, --db and --postgres.")
            : ReceiptAnswer.Of(path, release, head);
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        return LedgerCall.Write(answer, arguments.AsJson(parsed), output, error);
    }
}
