using Akka.Actor;
using Akka.Persistence;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>Reads an empty history from the journal: whether it answers at all.</summary>
internal static class JournalProbe
{
    /// <summary>Ends when the journal has answered.</summary>
    /// <exception cref="JournalUnavailableException">It failed, or did not answer in time.</exception>
    public static async Task AskAsync(ActorSystem system, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var probe = system.ActorOf(Props.Create(() => new JournalReader(answered)));
        try
        {
            await answered.Task.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or JournalFailedException)
        {
            // The cause may hold a connection string, so only its type is told.
            var why = exception is JournalFailedException ? exception.Message : $"no answer within {timeout.TotalSeconds:0.#} s";
            throw new JournalUnavailableException($"The journal cannot be used ({why}); without it nothing is started and nothing is spent. Check akkaprivacy.cluster.journal.");
        }
        finally
        {
            system.Stop(probe);
        }
    }
}

/// <summary>Recovers nothing and says so.</summary>
internal sealed class JournalReader : ReceivePersistentActor
{
    private readonly TaskCompletionSource _answered;

    public JournalReader(TaskCompletionSource answered)
    {
        _answered = answered;
        Recover<RecoveryCompleted>(_ => _answered.TrySetResult());
    }

    public override string PersistenceId => "probe";

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _answered.TrySetException(new JournalFailedException(reason.GetType().Name));
}

/// <summary>The journal failed.</summary>
/// <param name="message">The type of what it failed with.</param>
internal sealed class JournalFailedException(string message) : Exception(message);
