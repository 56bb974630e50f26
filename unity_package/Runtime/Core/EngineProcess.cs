#nullable enable
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Skaldcast
{
    /// <summary>An engine of the game's own: started hidden, found by its port file, and ended with
    /// the game, even if that crashes. One object is one start.</summary>
    /// <remarks>Each has a port that is free and a new password, so games side by side have each
    /// their own. For desktops: elsewhere, and where IL2CPP lacks processes, the start fails. Its
    /// methods may be called from any thread.</remarks>
    public sealed class EngineProcess : IDisposable
    {
        private const int LookMs = 20;
        private const int MostEndMs = 2000;

        private readonly object _gate = new object(); // guards _process and _stopped
        private readonly EngineProcessOptions _options;
        private readonly TaskCompletionSource<int> _ended = Promise.Make<int>();
        private readonly string _portFile;
        private Process? _process;
        private bool _stopped;

        /// <summary>Makes one that is not started yet.</summary>
        public EngineProcess(EngineProcessOptions options)
        {
            _options = options;
            // An engine that was killed leaves its file there: the name must be new.
            _portFile = Path.GetFullPath(Path.Combine(options.Folder, $"skaldcast-{Guid.NewGuid():N}.json"));
        }

        /// <summary>Done when a started engine has ended, whoever ended it: its exit code.</summary>
        public Task<int> Ended => _ended.Task;

        /// <summary>Starts the engine; done when it listens. Fails with
        /// <see cref="EngineProcessException"/> where there will be none. To be called once.</summary>
        public async Task<EngineAddress> StartAsync()
        {
            var path = PathOf(_options.Program);
            if (!File.Exists(path))
            {
                throw new EngineProcessException($"there is no engine at {path}");
            }
            try
            {
                lock (_gate)
                {
                    if (_stopped || _process != null)
                    {
                        throw new EngineProcessException("an engine process is started once: make another");
                    }
                    Begin(path);
                }
            }
            catch (Exception error) when (IsOfTheSystem(error))
            {
                Dispose();
                throw new EngineProcessException($"{path} cannot be started: {Why(error)}");
            }
            return await WaitAsync().ConfigureAwait(false);
        }

        /// <summary>Ends the engine at once, its own processes with it. To let the voice fade out,
        /// await <see cref="BridgeClient.StopAsync"/> before.</summary>
        public void Dispose()
        {
            Process? process;
            lock (_gate)
            {
                process = _stopped ? null : _process;
                _stopped = true;
            }
            if (process != null)
            {
                Kill(process);
            }
            RemovePortFile();
        }

        private static string PathOf(string program)
        {
            var path = Path.GetFullPath(program);
            var isWindows = Path.DirectorySeparatorChar == '\\';
            return isWindows && !path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? path + ".exe" : path;
        }

        private static bool IsOfTheSystem(Exception error) =>
            error is Win32Exception || error is NotSupportedException || error is NotImplementedException
            || error is IOException || error is UnauthorizedAccessException;

        private static string Why(Exception error) => error is NotSupportedException || error is NotImplementedException
            ? "processes are not supported here; with IL2CPP choose Mono as the scripting backend"
            : $"{error.Message} (on Linux and macOS it needs its right to be run: chmod +x)";

        private static void Kill(Process process)
        {
            try
            {
                process.Kill();
                // So that it cannot write its port file after we have looked for it.
                process.WaitForExit(MostEndMs);
            }
            catch (Exception error) when (error is InvalidOperationException || IsOfTheSystem(error))
            {
                // It has ended by itself; where it has not, it ends with the game.
            }
        }

        private void Begin(string path)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_portFile)!);
            var process = new Process
            {
                StartInfo = new ProcessStartInfo(path, CommandLine.Of(Arguments()))
                {
                    UseShellExecute = false,
                    CreateNoWindow = true,
                },
            };
            process.Start();
            _process = process;
            _ = process.HasExited; // throws where processes are half supported, as with IL2CPP
            Watch(process);
        }

        private IEnumerable<string> Arguments()
        {
            yield return "--no-tui";
            yield return "--no-web";
            yield return "--port-file";
            yield return _portFile;
            yield return "--parent";
            using (var game = Process.GetCurrentProcess())
            {
                yield return game.Id.ToString(CultureInfo.InvariantCulture);
            }
            yield return "--set";
            yield return "bridge.address=127.0.0.1:0";
            foreach (var argument in _options.Arguments)
            {
                yield return argument;
            }
        }

        // Looks now and then: with the event Exited a program on Mono now and then took up to a minute
        // to end (1 of 25).
        private async void Watch(Process process)
        {
            while (!process.HasExited)
            {
                await Task.Delay(LookMs).ConfigureAwait(false);
            }
            var status = process.ExitCode;
            RemovePortFile();
            _ended.TrySetResult(status);
        }

        // The file is there from one moment to the next, and whole.
        private async Task<EngineAddress> WaitAsync()
        {
            var clock = Stopwatch.StartNew();
            while (!File.Exists(_portFile))
            {
                if (_ended.Task.IsCompleted)
                {
                    throw new EngineProcessException(WhyEnded());
                }
                if (clock.Elapsed.TotalSeconds > _options.MostStartS)
                {
                    Dispose();
                    throw new EngineProcessException($"the engine did not listen within {_options.MostStartS} s");
                }
                await Task.WhenAny(_ended.Task, Task.Delay(LookMs)).ConfigureAwait(false);
            }
            return Read();
        }

        private EngineAddress Read()
        {
            try
            {
                if (EngineAddress.Read(File.ReadAllText(_portFile)) is EngineAddress address)
                {
                    return address;
                }
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                // It was removed with the engine, or is somebody else's.
            }
            Dispose();
            throw new EngineProcessException("the engine's port file cannot be read");
        }

        private string WhyEnded()
        {
            lock (_gate)
            {
                return _stopped
                    ? "the engine was ended before it listened"
                    : $"the engine ended at once, with status {_ended.Task.Result}; "
                    + $"started in a terminal it tells why: {_process?.StartInfo.FileName}";
            }
        }

        // It is gone where the engine ended in good order.
        private void RemovePortFile()
        {
            try
            {
                File.Delete(_portFile);
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                // Its password opens nothing any more.
            }
        }
    }
}
