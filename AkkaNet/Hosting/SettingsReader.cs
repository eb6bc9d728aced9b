using System.Globalization;
using Akka.Configuration;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>Reads values of <c>akkaprivacy.cluster</c> and collects every mistake.</summary>
internal sealed class SettingsReader(Config config)
{
    private const string Root = "akkaprivacy.cluster";

    public List<string> Errors { get; } = [];

    public string Text(string key, string allowed, Func<string, bool> isAllowed) =>
        Value(key, allowed, path => config.GetString(path), isAllowed, string.Empty);

    public int Number(string key, int least, int most) =>
        Value(key, $"a whole number from {least} to {most}", path => int.Parse(config.GetString(path), CultureInfo.InvariantCulture), value => value >= least && value <= most, least);

    public TimeSpan Duration(string key, TimeSpan least, TimeSpan most) =>
        Value(key, $"a duration from {Text(least)} to {Text(most)}", path => config.GetTimeSpan(path, null, allowInfinite: false), value => value >= least && value <= most, least);

    public IReadOnlyList<string> List(string key, string allowed, Func<string, bool> isAllowed) =>
        Value(key, allowed, path => config.GetStringList(path).ToList(), list => list.TrueForAll(isAllowed.Invoke), []);

    /// <summary>Notes keys that nobody reads: a mistyped key would leave a default in force.</summary>
    public void Unknown(Config known) => Unknown(Root, known);

    private void Unknown(string path, Config known)
    {
        if (config.GetValue(path) is not { } value || !value.IsObject())
        {
            return;
        }

        foreach (var key in value.GetObject().Items.Keys)
        {
            var full = $"{path}.{key}";
            if (!known.HasPath(full))
            {
                Errors.Add($"{full}: unknown key; hocon/cluster.conf shows every option");
            }
            else if (known.GetValue(full).IsObject())
            {
                Unknown(full, known);
            }
        }
    }

    private T Value<T>(string key, string allowed, Func<string, T> read, Func<T, bool> isAllowed, T otherwise)
    {
        var path = $"{Root}.{key}";
        try
        {
            var value = read(path);
            if (value is not null && isAllowed(value))
            {
                return value;
            }
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ConfigurationException or ArgumentException or InvalidOperationException)
        {
            // The message below says what is allowed, which is more than that it could not be read.
        }

        Errors.Add($"{path}: allowed is {allowed}");
        return otherwise;
    }

    private static string Text(TimeSpan value) => value.TotalSeconds < 1
        ? $"{value.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}ms"
        : $"{value.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s";
}
