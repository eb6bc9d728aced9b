using System.CommandLine;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary>What the commands share that change an account.</summary>
internal sealed class Change
{
    private readonly RunHost _host;
    private readonly Command _command;
    private readonly LedgerArguments _arguments = new();
    private readonly Option<string?>? _account;
    private readonly Option<string?> _reason;
    private Option<string?>? _epsilon;
    private Option<string?>? _delta;
    private Option<string?>? _rho;

    /// <summary>Begins a command.</summary>
    public Change(RunHost host, string name, string description, bool account = true)
    {
        (_host, _command) = (host, new Command(name, $"{description.TrimEnd()}\n\n{ExitCode.Help}"));
        _arguments.AddTo(_command);
        _account = account ? Option("--account", "The account. Default: the pipeline's, or the only one.", "NAME") : null;
        _reason = Option("--reason", "Why and on whose word; 1 to 1000 characters, kept for ever, so it names no subject.", "TEXT", required: true);
    }

    /// <summary>Adds an option.</summary>
    public Option<string?> Option(string name, string description, string value, bool required = false)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = value, Required = required };
        _command.Add(option);
        return option;
    }

    /// <summary>Adds the options of an amount.</summary>
    public void Amounts()
    {
        _epsilon = Option("--epsilon", "Epsilon, from 1e-6 to 1e6.", "NUMBER");
        _delta = Option("--delta", "Delta, from 1e-15 to 0.01.", "NUMBER");
        _rho = Option("--rho", "Rho, from 1e-9 to 1e6, for an account that counts in rho.", "NUMBER");
    }

    /// <summary>The account that is named.</summary>
    public string? Account(LedgerCall call) => call.Parsed.GetValue(_account!);

    /// <summary>The reason.</summary>
    public string Reason(LedgerCall call) => call.Parsed.GetValue(_reason)!;

    /// <summary>Whether an amount is named.</summary>
    public bool HasAmount(LedgerCall call) => new[] { _epsilon, _delta, _rho }.Any(option => call.Parsed.GetValue(option!) is not null);

    /// <summary>The amount.</summary>
    public PrivacyCost Amount(LedgerCall call, PrivacyMeasure measure) =>
        LedgerValues.Amount(measure, call.Parsed.GetValue(_epsilon!), call.Parsed.GetValue(_delta!), call.Parsed.GetValue(_rho!));

    /// <summary>Ends the command.</summary>
    public Command Build(Func<LedgerCall, IStoreTransaction, ValueTask<LedgerAnswer>> work)
    {
        _command.SetAction((parsed, cancellation) => LedgerCall.RunAsync(
            _arguments, parsed, false, _host, call => call.Store.TransactAsync(transaction => work(call, transaction), cancellation), cancellation));
        return _command;
    }
}
