using System.CommandLine;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger.Verification;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary><c>akkaprivacy ledger receipt RELEASE-ID</c>: the charge of a release, for who has no store.</summary>
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
            Print the charge of a release with the events that followed it in its account, as JSON that 'ledger verify --receipt' verifies
            without the store.

            The file shows ids, costs and reasons of the releases that followed, and no released values. At most {ReceiptFile.MostEvents} events may follow.

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
        var charge = file.Charge();
        var report = new
        {
            ReceiptFile.Form,
            file.Release,
            file.Account,
            Window = LedgerValues.Json(charge.Window),
            charge.CompositionGroup,
            charge.MaxWindows,
            file.Events,
            Head = new { file.Head.Version, file.Head.Hash },
        };
        return new LedgerAnswer(ExitCode.Done, report, output => output.WriteLine(JsonText.Of(report)));
    }
}
