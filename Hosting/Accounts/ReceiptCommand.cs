using System.CommandLine;
using System.Text;
using System.Text.Json;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger.Verification;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary><c>akkaprivacy ledger receipt RELEASE-ID</c>: a release and its charge, for who has no store.</summary>
internal static class ReceiptCommand
{
    /// <summary>The command.</summary>
    public static Command Create(RunHost host)
    {
        var id = new Argument<string>("RELEASE-ID") { Description = "The id of a release, as in the sinks and in 'ledger history --json'." };
        var arguments = new LedgerArguments();
        var command = new Command(
            "receipt",
            $"""
            Print a release, its charge in its account and in those above, and the events that followed it in its account, as JSON that
            'ledger verify --receipt' verifies without the store.

            The file shows the released values, and ids, costs and reasons of what followed, whose values it does not show. At most
            {ReceiptFile.MostEvents} events may follow.

              akkaprivacy ledger receipt "site/access-log|p|0123456789abcdef|hits|1001709251200000|3600000" --db site.db > r.json

            {ExitCode.Help}
            """);
        command.Add(id);
        arguments.AddTo(command);
        command.SetAction((parsed, cancellation) => LedgerCall.RunAsync(
            arguments, parsed, true, host, call => call.Store.TransactAsync(async transaction => Answer(
                await ReceiptFile.OfAsync(transaction, parsed.GetRequiredValue(id)).ConfigureAwait(false)
                ?? throw new LedgerUsageException("No release of this id is stored. 'akkaprivacy ledger history --json' has the ids.")), cancellation), cancellation));
        return command;
    }

    private static LedgerAnswer Answer(ReceiptFile file)
    {
        var text = Encoding.UTF8.GetString(ReceiptText.Write(file));
        using var json = JsonDocument.Parse(text);
        return new LedgerAnswer(ExitCode.Done, json.RootElement.Clone(), output => output.WriteLine(text));
    }
}
