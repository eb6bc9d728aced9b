using System.Globalization;
using System.Text.Json;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Reading;
using AkkaPrivacy.Ledger.Verification;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary>Verifies a receipt without a store and says what it shows.</summary>
internal static class ReceiptAnswer
{
    /// <summary>The answer.</summary>
    /// <param name="path">The receipt.</param>
    /// <param name="release">A file of published releases, or null.</param>
    /// <param name="head">The head as it was noted elsewhere, or null.</param>
    public static LedgerAnswer Of(string path, string? release, string? head)
    {
        try
        {
            var file = ReceiptText.Read(Bytes("receipt", path));
            return file.Fault() is { } fault ? Failed(ExitCode.Store, $"The receipt '{path}' contradicts itself: {fault}.")
                : head is not null && !string.Equals(head, file.Head.Hash, StringComparison.OrdinalIgnoreCase)
                    ? Failed(ExitCode.Store, $"The receipt '{path}' leads to head {file.Head.Hash} (event {file.Head.Version}), not to the one that is given.")
                : release is not null && PublishedFault(file, release) is { } other ? Failed(ExitCode.Store, other)
                : Sound(file, head is not null, release is not null);
        }
        catch (FormatException failure)
        {
            return Failed(ExitCode.Store, $"The receipt '{path}' cannot be used: {failure.Message}.");
        }
        catch (LedgerUsageException failure)
        {
            return Failed(ExitCode.Configuration, failure.Message);
        }
    }

    /// <summary>A failure.</summary>
    public static LedgerAnswer Failed(int code, string message) => new(code, new { Error = new { ExitCode = code, Message = message } }, _ => { }) { Error = message };

    private static byte[] Bytes(string what, string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUsageException($"The {what} '{path}' cannot be read ({failure.GetType().Name}).");
        }
    }

    private static string? PublishedFault(ReceiptFile file, string path)
    {
        if (file.Released is not { } charged || file.Proof is null)
        {
            return "The receipt's charge was made before receipts held values: it says nothing about them, and --release cannot be checked.";
        }

        var (bytes, line) = (Bytes("release", path).AsMemory(), 0);
        while (!bytes.IsEmpty)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var text = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            line++;
            if (text.Span.Trim(" \r"u8).IsEmpty)
            {
                continue;
            }

            try
            {
                if (ReleaseJson.Read(text) is var published && published.Id == charged.Id)
                {
                    return ReleaseDifference.Of(published, charged) is { } part ? $"Line {line} of '{path}' is not what was charged: it differs in {part}." : null;
                }
            }
            catch (FormatException failure)
            {
                return $"Line {line} of '{path}' is no release: {failure.Message}.";
            }
        }

        return $"'{path}' does not have release '{file.Release}'.";
    }

    private static LedgerAnswer Sound(ReceiptFile file, bool confirmed, bool compared)
    {
        var receipt = file.Released?.Receipt;
        var report = new
        {
            Sound = true,
            file.Release,
            file.Account,
            Event = file.Events[0].Version,
            Head = new { file.Head.Version, file.Head.Hash },
            HeadConfirmed = confirmed,
            Values = file.Proof is { } proof ? new { Sha256 = proof.Values, Groups = file.Released!.Groups.Count, PublishedCompared = compared } : null,
            Cost = receipt is null ? null : LedgerValues.Json(receipt.Cost),
            Charged = receipt is null ? null : LedgerValues.Json(receipt.Charged),
            Reason = file.Proof is null ? null : Reason(file),
            SpentBefore = file.Proof is null ? null : LedgerValues.Json(file.Proof.SpentBefore),
            Spent = receipt is null ? null : LedgerValues.Json(receipt.SpentInPeriod),
            Budget = file.Proof is null ? null : LedgerValues.Json(file.Proof.Budget),
            Above = file.Proof?.Above.Select(charge => new { charge.Account, Event = charge.LedgerVersion, Charged = LedgerValues.Json(charge.Charged) }),
        };
        return new LedgerAnswer(ExitCode.Done, report, output => Write(file, confirmed, compared, output));
    }

    private static string Reason(ReceiptFile file) => ChargeText.Of(file.Charge().Proof!, file.Charge(), file.Released!.Receipt.Charged.Measure);

    private static void Write(ReceiptFile file, bool confirmed, bool compared, TextWriter output)
    {
        output.WriteLine($"Release '{file.Release}' is charged by event {file.Events[0].Version} of account '{file.Account}', and {file.Events.Count - 1} events follow up to head {file.Head.Hash}.");
        if (file.Released is { Receipt: { Proof: { } proof } receipt } release)
        {
            output.WriteLine($"  query      {release.Id.Query}, window {release.Id.Window}, plan {release.Id.PlanHash}");
            output.WriteLine($"  group      {receipt.CompositionGroup}, a subject counts in at most {receipt.MaxWindows} of its windows in a period");
            output.WriteLine($"  cost       {receipt.Cost}");
            output.WriteLine($"  charged    {receipt.Charged}: {Reason(file)}");
            output.WriteLine($"  spent      {proof.SpentBefore} before, {receipt.SpentInPeriod} after, of {proof.Budget}; {receipt.LeftInPeriod} left");
            foreach (var charge in proof.Above)
            {
                output.WriteLine($"  above      {charge.Charged} in '{charge.Account}', event {charge.LedgerVersion}");
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  values     {release.Groups.Count:N0} groups, SHA-256 {proof.Values}{(compared ? "; the published release is this one" : "")}"));
        }
        else
        {
            output.WriteLine("The charge was made before receipts held values: it says nothing about them.");
        }

        output.WriteLine((confirmed, file.Proof is null) switch
        {
            (true, true) => "The head is the one that was given: the charge is part of that history.",
            (true, false) => "The head is the one that was given: charge and values are part of that history.",
            _ => "The file does not contradict itself. Whether this head is the ledger's own, only a head noted elsewhere can tell: give it with --head.",
        });
    }
}
