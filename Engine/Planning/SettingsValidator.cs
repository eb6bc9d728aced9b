using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Ranges of <see cref="PipelineSettings"/> and <see cref="AccountPolicy"/>.</summary>
internal static partial class SettingsValidator
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public static void Validate(PipelineSettings settings, PlanErrors errors)
    {
        Check(NamePattern().IsMatch(settings.Name), "name", "a pipeline name is 1 to 64 characters of a-z A-Z 0-9 . _ -");
        Check(settings.AllowedLateness >= TimeSpan.Zero && settings.AllowedLateness <= Week, "allowed-lateness", "must be from 0 to 7 days");
        Check(settings.AllowedSkew >= TimeSpan.Zero && settings.AllowedSkew <= Week, "allowed-skew", "must be from 0 to 7 days");
        Check(settings.IdleTimeout is not { } idle || (idle >= TimeSpan.FromSeconds(1) && idle <= Week), "idle-timeout", "must be from 1 second to 7 days");
        Check(settings.IdleTimeout is null || settings.Arrival != ArrivalMode.Ingest, "idle-timeout", "is for arrival stamps of rows: with arrival 'ingest' windows fire by the clock anyway");
        Check(settings.Lanes is >= 1 and <= 64, "lanes", "must be from 1 to 64");
        Check(settings.QueueCapacity is >= 1 and <= 1024, "queue-capacity", "must be from 1 to 1024 batches");
        Check(settings.CheckpointInterval >= TimeSpan.FromMilliseconds(100) && settings.CheckpointInterval <= TimeSpan.FromDays(1), "checkpoint-interval", "must be from 100 ms to 1 day");
        Check(settings.StateMemoryLimit is null or >= PipelineSettings.SmallestStateMemory, "state-memory-limit", "must be 16 MiB or more");
        Check(settings.Confidence is > 0.5 and <= 0.9999, "confidence", "must be above 0.5 and at most 0.9999");
        Check(settings.TimeRange is not { } range || range.StartMs < range.EndMs, "time-range", "'from' must be before 'to'");
        if (settings.Account is { } account)
        {
            Check(AccountPattern().IsMatch(account.Account), "account", "an account is 1 to 256 characters of a-z A-Z 0-9 . _ - /, without empty parts");
            Check(account.Period >= TimeSpan.FromMinutes(1) && account.Period <= TimeSpan.FromDays(366), "account.period", "must be from 1 minute to 366 days");
            Check(account.Period.Ticks % TimeSpan.TicksPerMillisecond == 0, "account.period", "must be whole milliseconds");
            Check(account.BudgetPerPeriod.Loss > 0, "account.budget", "epsilon or rho must be above 0");
            Check(account.BudgetPerPeriod.Measure == account.Measure, "account.budget", "the budget must be in the account's measure");
        }
        else
        {
            errors.Add("account", "a pipeline needs an account with a budget");
        }

        void Check(bool holds, string place, string message)
        {
            if (!holds)
            {
                errors.Add(place, message);
            }
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9._-]{1,64}\\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^(?=.{1,256}\\z)[a-zA-Z0-9._-]+(/[a-zA-Z0-9._-]+)*\\z")]
    private static partial Regex AccountPattern();
}
