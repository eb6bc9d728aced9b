using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Reading;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary>What a command of <c>ledger</c> found.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Report">For programs.</param>
/// <param name="Write">For people.</param>
internal sealed record LedgerAnswer(int Code, object Report, Action<TextWriter> Write)
{
    /// <summary>A refusal of the ledger.</summary>
    /// <param name="refusal">The refusal.</param>
    public static LedgerAnswer Of(Refusal refusal)
    {
        var code = refusal.Code == RefusalCode.CorruptHistory ? ExitCode.Store : ExitCode.Configuration;
        return new LedgerAnswer(
            code, new { Error = new { ExitCode = code, Code = JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Code.ToString()), refusal.Message } }, _ => { })
        {
            Error = $"{refusal.Code}: {refusal.Message} Nothing was changed.",
        };
    }

    /// <summary>What goes to standard error; null for nothing.</summary>
    public string? Error { get; init; }
}

/// <summary>One call of a command of <c>ledger</c> on an open store.</summary>
/// <param name="Parsed">The command line.</param>
/// <param name="Store">The store.</param>
/// <param name="Options">Where it is.</param>
/// <param name="Pipeline">The pipeline, where a file names one.</param>
/// <param name="Time">The clock.</param>
/// <param name="Cancellation">Cancels.</param>
internal sealed record LedgerCall(ParseResult Parsed, IStore Store, StoreOptions Options, PipelineConfiguration? Pipeline, TimeProvider Time, CancellationToken Cancellation)
{
    /// <summary>Now, in milliseconds since the Unix epoch.</summary>
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The account of the call: the one that is named, that of the pipeline, or the only one.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="named">What the command line says.</param>
    public async ValueTask<string> AccountAsync(IStoreTransaction transaction, string? named)
    {
        if ((named ?? Pipeline?.Plan.Account.Account) is { } account)
        {
            return RequestRules.AccountFault(account) is { } fault ? throw new LedgerUsageException($"--account: {fault.Message}") : account;
        }

        var all = await LedgerReader.AccountsAsync(transaction).ConfigureAwait(false);
        return all.Count == 1
            ? all[0]
            : throw new LedgerUsageException($"The store has {all.Count} accounts: name one with --account. 'akkaprivacy ledger show' lists them.");
    }

    /// <summary>Loads an account that must be there.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="account">Its name.</param>
    /// <param name="timeMs">The first instant that is asked about.</param>
    public static async ValueTask<AccountSnapshot> LoadAsync(IStoreTransaction transaction, string account, long timeMs)
    {
        var loaded = await LedgerReader.LoadAsync(transaction, account, timeMs).ConfigureAwait(false);
        return loaded.State.Policy is not null
            ? loaded
            : throw new LedgerUsageException(await AccountPlace.IsInClusterAsync(transaction, account).ConfigureAwait(false)
                ? $"Account '{account}' is kept by the ledger of a cluster, not by this store."
                : $"Account '{account}' is not open on this store. 'akkaprivacy ledger show' lists those that are.");
    }

    /// <summary>Runs a command: finds and opens the store, and turns failures into exit codes.</summary>
    /// <param name="arguments">How the store is found.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="readOnly">Whether the store is only read.</param>
    /// <param name="host">The process around it.</param>
    /// <param name="work">The command.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        LedgerArguments arguments, ParseResult parsed, bool readOnly, RunHost host, Func<LedgerCall, ValueTask<LedgerAnswer>> work, CancellationToken cancellation)
    {
        var (output, error, asJson) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, arguments.AsJson(parsed));
        try
        {
            var (options, pipeline) = arguments.Read(parsed);
            var store = await StoreFactory.OpenAsync(options, host.Time, cancellation, readOnly).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                return Write(await work(new LedgerCall(parsed, store, options, pipeline, host.Time, cancellation)).ConfigureAwait(false), asJson, output, error);
            }
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationReport.Write(exception, output, error, asJson);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var failure = exception switch
            {
                LedgerUsageException => new RunFailure(ExitCode.Configuration, exception.Message),
                LedgerCorruptException => new RunFailure(ExitCode.Store, $"The ledger is damaged: {exception.Message} Nothing was changed; 'akkaprivacy ledger verify' names every place."),
                _ => RunFailure.Of(exception),
            };
            return Write(Failed(failure), asJson, output, error);
        }
    }

    /// <summary>Writes an answer.</summary>
    public static int Write(LedgerAnswer answer, bool asJson, TextWriter output, TextWriter error)
    {
        if (answer.Error is { } message)
        {
            error.WriteLine(message);
        }

        if (asJson)
        {
            output.WriteLine(JsonText.Of(answer.Report));
        }
        else
        {
            answer.Write(output);
        }

        return answer.Code;
    }

    private static LedgerAnswer Failed(RunFailure failure) =>
        new(failure.ExitCode, new { Error = new { failure.ExitCode, failure.Message } }, _ => { }) { Error = failure.Message };
}
