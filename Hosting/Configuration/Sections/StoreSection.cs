using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.store</c> and <c>pipeline.keys</c>.</summary>
internal static class StoreSection
{
    private static readonly Rule<TimeSpan> BusyTimeout = Rules.Duration(TimeSpan.Zero, TimeSpan.FromSeconds(60), "from 0 to 60s");

    public static StoreOptions Read(Section section)
    {
        var options = new StoreOptions(
            section.Get("path", Rules.Path, "akkaprivacy.db"),
            section.Get("busy-timeout", BusyTimeout, "5s"));
        section.Done();
        return options;
    }

    public static KeyOptions ReadKeys(Section section, StoreOptions store)
    {
        // Beside the store: state and the keys that gave it its meaning are moved and backed up together.
        var file = section.TryGet("file", Rules.Path, out var written) ? written : store.Path + ".keys";
        var options = new KeyOptions(
            file,
            section.Get("create", Rules.Boolean, "true"),
            section.Get("allow-group-read", Rules.Boolean, "false"));
        section.Done();
        return options;
    }
}
