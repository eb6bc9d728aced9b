using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Checkpoints;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>
/// Remembers, for each pipeline, under which key its subjects have their names and since when. Under another key a subject is
/// another one: other groups of it are kept, it is in other samples and moves to other subjects. So what was released under
/// one key says nothing of how often a subject has counted under the next.
/// </summary>
internal static class SubjectKeys
{
    private const string Table = "subject-keys";
    private const int PageSize = 1000;

    /// <summary>Notes the key of a run that takes the pipeline over.</summary>
    /// <param name="transaction">The transaction of the takeover.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="outbox">The outbox.</param>
    /// <param name="fingerprint">Of the key.</param>
    /// <returns>The last place in the outbox at which subjects had other names; 0 when there is none. And whether they have
    /// got them since the last run.</returns>
    public static async ValueTask<(long Until, bool Changed)> TakeUpAsync(IStoreTransaction transaction, PipelinePlan plan, IOutbox outbox, string fingerprint)
    {
        var stored = await transaction.GetAsync(Table, plan.Settings.Name).ConfigureAwait(false);
        if (stored is not null && Encoding.UTF8.GetString(stored).Split('|') is [var key, var place] && key == fingerprint
            && long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var until))
        {
            return (until, false);
        }

        // Stores of former versions have states that say it. A note that cannot be read says nothing, which is taken as another key.
        var changed = stored is not null || (await CheckpointStore.KeysAsync(transaction, plan.Settings.Name).ConfigureAwait(false)).Any(other => other != fingerprint);
        until = changed ? await LastAsync(transaction, outbox).ConfigureAwait(false) : 0;
        await transaction.PutAsync(Table, plan.Settings.Name, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{fingerprint}|{until}"))).ConfigureAwait(false);
        return (until, changed);
    }

    private static async ValueTask<long> LastAsync(IStoreTransaction transaction, IOutbox outbox)
    {
        long last = 0;
        while (true)
        {
            var page = await outbox.ReadAsync(transaction, last, PageSize).ConfigureAwait(false);
            last = page.Count == 0 ? last : page[^1].Sequence;
            if (page.Count < PageSize)
            {
                return last;
            }
        }
    }
}
