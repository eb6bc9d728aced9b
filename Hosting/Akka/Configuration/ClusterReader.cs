using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Hosting.Settings;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Akka.Configuration;

/// <summary>Reads values of <c>akkaprivacy.cluster</c> by the rules of the settings, with the defaults of the settings.</summary>
internal sealed class ClusterReader(Section cluster)
{
    private static readonly ClusterSettings Defaults = new() { JournalConnection = string.Empty };
    private readonly Dictionary<string, Section> _sections = [];

    public string Text(SettingRule<string> rule) => Get(rule, (HoconScalar s, out string v) =>
    {
        v = s.Text;
        return true;
    }, rule.Get(Defaults));

    /// <summary>As above; what is not written, or empty, takes another value.</summary>
    public string Text(SettingRule<string> rule, string otherwise)
    {
        var (section, key) = Place(rule);
        var text = section.Get(key, new Rule<string>(rule.Allowed, (HoconScalar s, out string v) =>
        {
            v = s.Text;
            return v.Length == 0 || rule.IsAllowed(v);
        }), rule.Get(Defaults));
        return text.Length > 0 ? text : otherwise;
    }

    public int Number(SettingRule<int> rule) => Get(rule, (HoconScalar s, out int v) =>
    {
        var read = s.TryGetInt64(out var number) && number is >= int.MinValue and <= int.MaxValue;
        v = read ? (int)number : 0;
        return read;
    }, FormattableString.Invariant($"{rule.Get(Defaults)}"));

    public int Size(SettingRule<int> rule) => Get(rule, (HoconScalar s, out int v) =>
    {
        var read = s.TryGetSize(out var bytes) && bytes <= int.MaxValue;
        v = read ? (int)bytes : 0;
        return read;
    }, FormattableString.Invariant($"{rule.Get(Defaults) >> 20}MiB"));

    public bool Boolean(SettingRule<bool> rule) => Get(rule, (HoconScalar s, out bool v) => s.TryGetBoolean(out v), rule.Get(Defaults) ? "true" : "false");

    public TimeSpan Duration(SettingRule<TimeSpan> rule) => Get(rule, (HoconScalar s, out TimeSpan v) => s.TryGetDuration(out v), ClusterRules.Text(rule.Get(Defaults)));

    public LedgerPlace Ledger(SettingRule<LedgerPlace> rule)
    {
        var (section, key) = Place(rule);
        return section.Get(key, Rules.Choice(("cluster", LedgerPlace.Cluster), ("store", LedgerPlace.Store)), "cluster");
    }

    public IReadOnlyList<string> List(SettingRule<IReadOnlyList<string>> rule)
    {
        var (section, key) = Place(rule);
        var defaults = rule.Get(Defaults);
        var items = section.List(key, new Rule<string>(rule.Allowed, (HoconScalar s, out string v) =>
        {
            v = s.Text;
            return rule.IsAllowed([v]);
        }), $"[{string.Join(", ", defaults)}]");
        return section.Has(key) ? items : defaults;
    }

    /// <summary>Notes a mistake that shows when all values are read.</summary>
    public void Error(string key, string message)
    {
        var (section, last) = Place(key);
        section.Error(last, message);
    }

    /// <summary>Reports keys that nobody asked for.</summary>
    public void Done()
    {
        foreach (var section in _sections.Values)
        {
            section.Done();
        }

        cluster.Done();
    }

    private T Get<T>(SettingRule<T> rule, TryRead<T> read, string defaultText)
    {
        var (section, key) = Place(rule);
        return section.Get(key, new Rule<T>(rule.Allowed, (HoconScalar s, out T v) => read(s, out v) && rule.IsAllowed(v)), defaultText);
    }

    private (Section Section, string Key) Place(SettingRule rule) => Place(rule.Key);

    private (Section Section, string Key) Place(string key)
    {
        var dot = key.LastIndexOf('.');
        return dot < 0 ? (cluster, key) : (SectionOf(key[..dot]), key[(dot + 1)..]);
    }

    private Section SectionOf(string path)
    {
        if (!_sections.TryGetValue(path, out var section))
        {
            var dot = path.LastIndexOf('.');
            section = (dot < 0 ? cluster : SectionOf(path[..dot])).Child(path[(dot + 1)..]);
            _sections[path] = section;
        }

        return section;
    }
}
