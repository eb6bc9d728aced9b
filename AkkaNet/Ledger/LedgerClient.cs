using Akka.Actor;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>Asks accounts, again where no answer came: every command may be repeated.</summary>
internal sealed class LedgerClient(IActorRef region, LedgerShardingOptions options)
{
    /// <summary>The answer; <see cref="RefusalCode.Unavailable"/> after the last attempt.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<ILedgerReply> AskAsync(ILedgerCommand command, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await AskOnceAsync(command, cancellationToken).ConfigureAwait(false);
            if (attempt == options.Attempts || reply is not Refused { Refusal.Code: RefusalCode.Unavailable })
            {
                return reply;
            }

            await Task.Delay(Pause(attempt), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The answer to one attempt.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<ILedgerReply> AskOnceAsync(ILedgerCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await region.Ask<ILedgerReply>(command, options.AskTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return Refused.With(RefusalCode.Unavailable, $"Account '{command.Account}' did not answer within {options.AskTimeout}. It may have stored the release: ask again with the same id.");
        }
    }

    // An account that is being started again says so at once. The pause is twice the backoff of an account that failed as
    // often, so that the next attempt finds it there.
    private TimeSpan Pause(int attempt)
    {
        var backoff = Math.Min(options.MinBackoff.TotalMilliseconds * Math.Pow(2, attempt - 1), options.MaxBackoff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Min(2 * backoff, options.AskTimeout.TotalMilliseconds));
    }
}
